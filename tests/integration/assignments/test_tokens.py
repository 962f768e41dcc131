"""The token endpoint and what its tokens open."""

from base64 import b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from services.assignments.clients.actions import (
    add_secret,
    create_client,
    ensure_signing_key,
    revoke_client,
    revoke_secret,
    rotate_signing_key,
)
from services.assignments.clients.model import Client, SigningKey
from shared import clock
from shared.errors import BadInput
from shared.web.service import ServiceApp
from tests.integration.assignments.conftest import SECRET_KEY, V1
from tests.support.tokens import PUBLIC_URL

TOKEN = "/api/assignments/oauth/token"
JWKS = "/api/assignments/oauth/jwks.json"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def client(sessions: sessionmaker[Session]) -> tuple[str, str]:
    """The id and secret of a client of Giồng Trôm that may read."""
    with sessions.begin() as session:
        made, secret = create_client(session, "Cổng thông tin", ["visits:read", "assignments:read"], ["834"])
    return str(made.id), secret


def basic(client: tuple[str, str]) -> dict[str, str]:
    """HTTP Basic credentials."""
    return {"Authorization": "Basic " + b64encode(":".join(client).encode()).decode()}


def asked(app: ServiceApp, client: tuple[str, str], **form: str) -> TestResponse:
    """The answer of the token endpoint, the client named by HTTP Basic."""
    return app.test_client().post(TOKEN, data=GRANT | form, headers=basic(client))


def error(answer: TestResponse) -> tuple[int, Any]:
    """Status and OAuth error code; every such answer must not be stored."""
    assert answer.mimetype == "application/json" and answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, (answer.json or {}).get("error")


def test_a_client_gets_a_token_that_says_what_it_may(app: ServiceApp, client: tuple[str, str]) -> None:
    """The token is an Ed25519 at+jwt, verifiable with the published keys, with scopes and territory as paths."""
    answer = asked(app, client)
    assert answer.status_code == 200 and answer.json
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Pragma"] == "no-cache"
    given = answer.json
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
    keys = KeySet.import_key_set(app.test_client().get(JWKS).json)
    decoded = jwt.decode(given["access_token"], keys, algorithms=["Ed25519"])
    assert decoded.header["typ"] == "at+jwt" and decoded.header["kid"]
    claims = decoded.claims
    assert (claims["iss"], claims["aud"]) == (f"{PUBLIC_URL}/api/assignments", "caunoi")
    assert claims["sub"] == claims["client_id"] == client[0] and claims["jti"]
    assert claims["exp"] - claims["iat"] == 900
    assert (claims["scope"], claims["territory"]) == ("assignments:read visits:read", ["83/834/"])


def test_the_token_opens_the_api(app: ServiceApp, client: tuple[str, str]) -> None:
    """The service accepts its own tokens: the scope and the territory hold."""
    answer = app.test_client().post(TOKEN, data=GRANT | {"client_id": client[0], "client_secret": client[1]})
    headers = {"Authorization": f"Bearer {(answer.json or {})['access_token']}"}
    listed = app.test_client().get(f"{V1}/units?level=district", headers=headers).json
    assert listed and [each["code"] for each in listed["items"]] == ["834"]
    assert app.test_client().post(f"{V1}/hamlets", json={}, headers=headers).status_code == 403


def test_scopes_may_be_narrowed_but_not_widened(app: ServiceApp, client: tuple[str, str]) -> None:
    """A part of the granted scopes is given; an unknown or ungranted one is invalid_scope."""
    assert (asked(app, client, scope="visits:read").json or {})["scope"] == "visits:read"
    for scope in ("visits:write", "visits:read visits:write", "everything", "visits:read\x00"):
        assert error(asked(app, client, scope=scope)) == (400, "invalid_scope")


def test_wrong_credentials_are_refused(app: ServiceApp, client: tuple[str, str]) -> None:
    """An unknown client, a wrong secret or none: 401 invalid_client with WWW-Authenticate."""
    client_id, secret = client
    http = app.test_client()
    for answer in (
        asked(app, (client_id, "wrong")),
        asked(app, ("0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", secret)),
        asked(app, ("no uuid\x00", secret)),
        http.post(TOKEN, data=GRANT),
        http.post(TOKEN, data=GRANT | {"client_id": client_id}),
        http.post(TOKEN, data=GRANT, headers={"Authorization": "Bearer x"}),
        http.post(TOKEN, data=GRANT, headers={"Authorization": "Basic %%%"}),
    ):
        assert error(answer) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_malformed_requests_are_refused(app: ServiceApp, client: tuple[str, str]) -> None:
    """Another grant, no grant, a JSON body, a parameter or the credentials twice: the errors of RFC 6749."""
    http, headers = app.test_client(), basic(client)
    assert error(asked(app, client, grant_type="password")) == (400, "unsupported_grant_type")
    assert error(http.post(TOKEN, data={}, headers=headers)) == (400, "invalid_request")
    assert error(http.post(TOKEN, json=GRANT, headers=headers)) == (400, "invalid_request")
    assert error(asked(app, client, client_id=client[0], client_secret=client[1])) == (400, "invalid_request")
    twice = http.post(TOKEN, data="grant_type=client_credentials&grant_type=x", headers=headers)
    assert error(twice)[0] == 400
    assert http.get(TOKEN).status_code == 405


def test_too_many_requests_are_slowed_down(app: ServiceApp, client: tuple[str, str]) -> None:
    """Past the rate a client gets 429 as a problem, with Retry-After; another client is not held up."""
    statuses = [asked(app, (client[0], "guess")).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    refused = asked(app, client)
    assert refused.mimetype == "application/problem+json" and int(refused.headers["Retry-After"]) > 0
    assert asked(app, ("another", "x")).status_code == 401


def test_secrets_are_rotated_one_after_the_other(
    app: ServiceApp, client: tuple[str, str], sessions: sessionmaker[Session]
) -> None:
    """While two secrets are in force both work; an expired or revoked one does not; a revoked client has none."""
    client_id, old = client
    with sessions.begin() as session:
        found = session.get_one(Client, UUID(client_id))
        new = add_secret(session, found, timedelta(days=1))
    assert asked(app, (client_id, old)).status_code == asked(app, (client_id, new)).status_code == 200
    with sessions.begin() as session:
        found = session.get_one(Client, found.id)
        revoke_secret(session, found.secrets[0].id)
    assert asked(app, (client_id, old)).status_code == 401
    with clock.frozen(clock.now() + timedelta(days=1, seconds=1)):
        assert asked(app, (client_id, new)).status_code == 401
    with sessions.begin() as session:
        revoke_client(session, found.id)
    assert asked(app, (client_id, new)).status_code == 401


def test_clients_are_checked_when_they_are_made(sessions: sessionmaker[Session]) -> None:
    """An unknown scope or unit, no scope, a bad name: refused, naming it; without territory it is everywhere."""
    with sessions() as session:
        for name, scopes, territories, field in (
            ("x", ["visits:rule"], [], "scope"),
            ("x", [], [], "scope"),
            ("x", ["visits:read"], ["99"], "territory"),
            ("", ["visits:read"], [], "name"),
            ("a\x00b", ["visits:read"], [], "name"),
            ("x" * 101, ["visits:read"], [], "name"),
        ):
            with pytest.raises(BadInput) as refused:
                create_client(session, name, scopes, territories)
            assert refused.value.field == field
        made, secret = create_client(session, "Cổng", ["visits:read"])
        assert made.territories == [""] and len(secret) >= 43
        session.flush()
        assert secret.encode() not in made.secrets[0].digest


def test_keys_rotate_without_refusing_a_token(
    app: ServiceApp, client: tuple[str, str], sessions: sessionmaker[Session]
) -> None:
    """A new key is announced before it signs, and the old one is trusted until its last token has run out."""

    def kid() -> str:
        answer = asked(app, client)
        assert answer.status_code == 200
        protected = (answer.json or {})["access_token"]
        return str(jwt.decode(protected, keys(), algorithms=["Ed25519"]).header["kid"])

    def keys() -> KeySet:
        return KeySet.import_key_set(app.test_client().get(JWKS).json)

    old = kid()
    now = clock.now()
    with sessions.begin() as session:
        new = rotate_signing_key(session, SECRET_KEY).kid
    assert kid() == old and len(list(keys())) == 2
    with clock.frozen(now + timedelta(minutes=11)):
        assert kid() == new and len(list(keys())) == 2
    with clock.frozen(now + timedelta(minutes=60)):
        assert [key.kid for key in keys()] == [new]
        assert kid() == new


def test_private_keys_are_sealed(sessions: sessionmaker[Session]) -> None:
    """The database holds no private key in the clear, and there is one key however often it is asked for."""
    with sessions.begin() as session:
        first = ensure_signing_key(session, SECRET_KEY)
        assert ensure_signing_key(session, SECRET_KEY).kid == first.kid
        [row] = session.query(SigningKey).all()
    private = first.as_dict(private=True)["d"]
    assert "d" not in row.jwk and str(private) not in row.sealed
    assert isinstance(first, OKPKey)


def test_a_lost_secret_makes_a_new_key(sessions: sessionmaker[Session]) -> None:
    """Keys sealed with another CAUNOI_SECRET_KEY cannot be opened: a new one is made, nothing is broken."""
    with sessions.begin() as session:
        first = ensure_signing_key(session, SECRET_KEY)
        second = ensure_signing_key(session, "another secret, also longer than 32")
        assert first.kid != second.kid
        assert ensure_signing_key(session, SECRET_KEY).kid == first.kid
