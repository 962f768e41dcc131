"""Signing in over an OpenID provider: a real one, small, on this machine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from services.assignments.accounts.actions import invite
from services.assignments.clients.actions import ensure_signing_key
from services.assignments.officials.model import Official
from shared import clock
from shared.web.service import ServiceApp
from tests.integration.assignments.conftest import SECRET_KEY, V1, Desk, application
from tests.support.databases import Databases
from tests.support.openid import CLIENT_ID, CLIENT_SECRET, OpenIdServer, openid_server
from tests.support.servers import Servers

EMAIL = "dao@bentre.example"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdServer]:
    """The provider."""
    with openid_server() as found:
        yield found


@pytest.fixture(scope="module")
def app(servers: Servers, ben_tre: Path, provider: OpenIdServer) -> Iterator[ServiceApp]:
    """An application that trusts the provider, and one official who was invited."""
    databases = Databases(servers)
    settings = {
        "CAUNOI_OIDC_ISSUER": provider.url,
        "CAUNOI_OIDC_CLIENT_ID": CLIENT_ID,
        "CAUNOI_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "CAUNOI_OIDC_NAME": "Cổng tỉnh",
    }
    with application(databases, ben_tre, **settings) as made:
        with made.sessions.begin() as session:
            ensure_signing_key(session, SECRET_KEY)  # as at the start of every system
        yield made
    databases.drop_all()


@pytest.fixture(autouse=True)
def person(app: ServiceApp, desk: Desk, provider: OpenIdServer) -> None:
    """The provider knows somebody who has an account."""
    with app.sessions.begin() as session:
        official = session.query(Official).filter_by(email=EMAIL).one_or_none()
    if official is None:
        official_id = desk.official(email=EMAIL)["id"]
        with app.sessions.begin() as session:
            invite(session, session.get_one(Official, official_id))
    provider.claims, provider.changes = {"email": EMAIL, "email_verified": True}, {}


def begun(app: ServiceApp) -> dict[str, Any]:
    """The beginning of a sign-in."""
    answer = app.test_client().post(f"{V1}/oidc/flows")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def finished(app: ServiceApp, flow: str, back: dict[str, str]) -> TestResponse:
    """Its end."""
    return app.test_client().post(f"{V1}/oidc/sign-in", json=back | {"flow": flow})


def test_who_the_provider_vouches_for_is_signed_in(app: ServiceApp, provider: OpenIdServer) -> None:
    """By the verified address of their account, whatever its case; the session says how."""
    assert (app.test_client().get(f"{V1}/oidc").json or {}) == {"name": "Cổng tỉnh"}
    provider.claims["email"] = EMAIL.upper()
    flow = begun(app)
    signed = finished(app, flow["flow"], provider.approve(flow["address"])).json or {}
    headers = {"Authorization": f"Bearer {signed['access_token']}"}
    sessions = app.test_client().get(f"{V1}/me/sessions", headers=headers).json or {}
    assert [each["method"] for each in sessions["items"]][:1] == ["oidc"]


def test_a_new_key_of_the_provider_is_learnt(app: ServiceApp, provider: OpenIdServer) -> None:
    """Keys are kept, and asked for again when one does not fit."""
    provider.turn_key()
    flow = begun(app)
    assert finished(app, flow["flow"], provider.approve(flow["address"])).status_code == 200


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "another"},
    "several audiences and another party": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "another nonce": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "expired": {"exp": 1},
    "without expiry": {"exp": None},
    "without a subject": {"sub": None},
    "an address that is not verified": {"email_verified": False},
    "an address that is almost verified": {"email_verified": "true"},
    "without an address": {"email": None},
    "an address of another kind": {"email": [EMAIL]},
    "nobody known here": {"email": "ai@bentre.example"},
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_vouched_for_is_refused(app: ServiceApp, provider: OpenIdServer, what: str) -> None:
    """An ID token that is wrong in any one way signs nobody in."""
    provider.changes = WRONG[what]
    flow = begun(app)
    assert finished(app, flow["flow"], provider.approve(flow["address"])).status_code == 401


def test_an_answer_belongs_to_its_browser_and_is_good_once(app: ServiceApp, provider: OpenIdServer) -> None:
    """Another state, another flow, a flow too old, a code used already, a key nobody published: refused."""
    flow, other = begun(app), begun(app)
    back = provider.approve(flow["address"])
    assert finished(app, flow["flow"], back | {"state": "another"}).status_code == 401
    assert finished(app, other["flow"], back).status_code == 401
    assert finished(app, "nonsense", back).status_code == 401
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert finished(app, flow["flow"], back).status_code == 401
    assert finished(app, flow["flow"], back).status_code == 200
    assert finished(app, flow["flow"], back).status_code == 401
    provider.forger = RSAKey.generate_key(2048)
    flow = begun(app)
    assert finished(app, flow["flow"], provider.approve(flow["address"])).status_code == 401
    provider.forger = None
