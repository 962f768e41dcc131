"""From the invitation to signing out everywhere, and what is refused on the way."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import text
from werkzeug.test import TestResponse

from services.assignments.accounts import passwords, totp
from services.assignments.accounts.actions import LINK_SEAL
from services.assignments.clients.actions import ensure_signing_key
from services.notifications.letters import rules as letters
from shared import clock
from shared.sealing import Seal
from shared.web.service import ServiceApp
from tests.integration.assignments.conftest import SECRET_KEY, V1, Api, Desk, application
from tests.support.databases import Databases
from tests.support.servers import Servers
from tests.support.tokens import PUBLIC_URL

TOKEN = "/api/assignments/oauth/token"
PASSWORD = "bốn chiếc thuyền xuôi dòng"
OTHER = "năm con đường lên rừng xanh"


@pytest.fixture(scope="module")
def app(servers: Servers, ben_tre: Path) -> Iterator[ServiceApp]:
    """One application for all tests here; each has officials of its own."""
    databases = Databases(servers)
    quick = PasswordHasher(time_cost=1, memory_cost=1024)  # the parameters have a test of their own
    with pytest.MonkeyPatch.context() as patch, application(databases, ben_tre) as made:
        patch.setattr(passwords, "_HASHER", quick)
        with made.sessions.begin() as session:
            ensure_signing_key(session, SECRET_KEY)  # as at the start of every system
        yield made
    databases.drop_all()


class Person:
    """An official before the sign-in pages."""

    def __init__(self, app: ServiceApp, official: dict[str, Any]) -> None:
        self.app, self.id, self.email = app, official["id"], official["email"]
        self.http = app.test_client()

    def mailed(self) -> str:
        """The token of the link in the newest mail to this person."""
        with self.app.sessions() as session:
            newest = text(
                "SELECT body -> 'data' ->> 'sealed_link', body -> 'data' ->> 'address_digest' FROM outbox "
                "WHERE type LIKE '%account_mail%' AND body -> 'data' ->> 'official_id' = :id "
                "ORDER BY seq DESC LIMIT 1"
            )
            sealed, digest = session.execute(newest, {"id": self.id}).one()
        link = Seal(SECRET_KEY, letters.LINK_SEAL).open(sealed)
        assert link and link.startswith(f"{PUBLIC_URL}/mat-khau/") and link not in sealed
        assert digest == letters.digest_of(self.email)
        return link.rpartition("/")[2]

    def told(self) -> list[str]:
        """What happened to the account, of all that this person was mailed about it; each with the way back in."""
        with self.app.sessions() as session:
            mailed = text(
                "SELECT body -> 'data' ->> 'kind', body -> 'data' ->> 'sealed_link' FROM outbox "
                "WHERE type LIKE '%account_mail%' AND body -> 'data' ->> 'official_id' = :id ORDER BY seq"
            )
            rows = session.execute(mailed, {"id": self.id}).all()
        news = [(kind, sealed) for kind, sealed in rows if kind not in ("invitation", "reset")]
        seal = Seal(SECRET_KEY, letters.LINK_SEAL)
        assert all(seal.open(sealed) == f"{PUBLIC_URL}/quen-mat-khau" for _, sealed in news)
        return [kind for kind, _ in news]

    def post(self, path: str, json: Any, **headers: str) -> TestResponse:
        """POST without a token."""
        return self.http.post(V1 + path, json=json, headers=headers)

    def chooses(self, token: str, password: str = PASSWORD) -> TestResponse:
        """Choose a password over a link."""
        return self.post("/passwords", {"token": token, "password": password})

    def signs_in(self, password: str = PASSWORD, **more: str) -> TestResponse:
        """Sign in."""
        return self.post("/sign-in", {"email": self.email, "password": password} | more)

    def signed(self, password: str = PASSWORD, **more: str) -> dict[str, Any]:
        """The tokens of a sign-in that succeeds."""
        answer = self.signs_in(password, **more)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store", answer.text
        return dict(answer.json or {})

    def renews(self, token: str, **more: str) -> TestResponse:
        """Use a refresh token."""
        return self.http.post(TOKEN, data={"grant_type": "refresh_token", "refresh_token": token} | more)

    def call(self, method: str, path: str, access: str, json: Any = None) -> TestResponse:
        """A request with an access token."""
        headers = {"Authorization": f"Bearer {access}"}
        return self.http.open(V1 + path, method=method, json=json, headers=headers)


@pytest.fixture
def invited(app: ServiceApp, api: Api, desk: Desk, request: pytest.FixtureRequest) -> Person:
    """An official who follows a commune and was invited."""
    name = re.sub(r"\W", "", request.node.name)[:50]
    official = desk.official(email=f"{name}@bentre.example")
    desk.assign(official, "commune_follower", unit="28993")
    answer = api("POST", f"/officials/{official['id']}/invitation")
    assert answer.status_code == 202, answer.text
    return Person(app, official)


@pytest.fixture
def person(invited: Person) -> Person:
    """The same, with a password."""
    assert invited.chooses(invited.mailed()).status_code == 204
    return invited


def claims(person: Person, token: str) -> dict[str, Any]:
    """What an access token says, checked with the published keys."""
    keys = KeySet.import_key_set(person.http.get("/api/assignments/oauth/jwks.json").json)
    return dict(jwt.decode(token, keys, algorithms=["Ed25519"]).claims)


def oauth_error(answer: TestResponse) -> tuple[int, Any]:
    """Status and code of an error of the token endpoint."""
    return answer.status_code, (answer.json or {}).get("error")


def test_the_seal_of_links_is_the_same_on_both_sides() -> None:
    """What assignments seals, notifications opens."""
    assert LINK_SEAL == letters.LINK_SEAL


def test_what_a_post_allows_where_it_is_held_is_in_the_token(person: Person) -> None:
    """The token speaks for the official, with the scopes of the post and the commune it is held for."""
    signed = person.signed()
    said = claims(person, signed["access_token"])
    assert (said["sub"], said["official"], said["client_id"]) == (person.id, person.id, "portal")
    assert said["territory"] == ["83/834/28993/"] and said["scope"] == signed["scope"]
    assert {"visits:write", "assignments:self"} <= set(said["scope"].split())
    assert "assignments:write" not in said["scope"] and signed["capacity"] == "posts"
    assert person.call("GET", "/assignments", signed["access_token"]).status_code == 200
    assert person.call("POST", "/hamlets", signed["access_token"], {}).status_code == 403
    me = person.call("GET", "/me", signed["access_token"]).json
    assert me and me["official"]["id"] == person.id and [each["code"] for each in me["capacities"]] == ["posts"]


def test_a_link_is_good_once_and_not_for_long(invited: Person, api: Api) -> None:
    """Used, replaced by a newer one, or too old: gone. Another text was never one."""
    first = invited.mailed()
    assert api("POST", f"/officials/{invited.id}/invitation").status_code == 202
    assert invited.chooses(first).status_code == 410
    second = invited.mailed()
    with clock.frozen(clock.now() + timedelta(days=3, seconds=1)):
        assert invited.chooses(second).status_code == 410
    weak = invited.chooses(second, "password1234")
    assert weak.status_code == 422 and "password" in (weak.json or {})["errors"]
    assert invited.chooses(second).status_code == 204 and invited.chooses(second).status_code == 410
    assert invited.chooses("no-such-token").status_code == 404


def test_nobody_learns_whether_there_is_an_account(person: Person, desk: Desk) -> None:
    """Unknown address, wrong password, an official without an account: one answer."""
    stranger = Person(person.app, desk.official(email="chua.moi@bentre.example"))
    nobody = Person(person.app, {"id": "", "email": "khong.ai@bentre.example"})
    answers = [person.signs_in("a wrong password"), stranger.signs_in(), nobody.signs_in()]
    bodies = {(a.status_code, (a.json or {})["detail"], tuple(sorted(a.json or {}))) for a in answers}
    assert len(bodies) == 1 and answers[0].status_code == 401
    resets = [each.post("/password-resets", {"email": each.email}) for each in (person, stranger, nobody)]
    assert {(each.status_code, each.text) for each in resets} == {(202, "")} or len({e.text for e in resets}) == 1
    assert person.chooses(person.mailed(), OTHER).status_code == 204
    assert person.signs_in().status_code == 401 and person.signed(OTHER)


def test_guessing_is_slowed_down_for_everybody_alike(person: Person) -> None:
    """From the fifth failure on an address has to wait, known or not; so does the right password; time heals."""
    nobody = Person(person.app, {"id": "", "email": "khong.co@bentre.example"})
    start = clock.now()
    with clock.frozen(start):
        for each in (person, nobody):
            statuses = [each.signs_in("a wrong password").status_code for _ in range(7)]
            assert statuses == [401] * 5 + [429] * 2
        held = person.signs_in()
        assert held.status_code == 429 and held.mimetype == "application/problem+json"
        assert held.headers["Retry-After"] == "1"
    with clock.frozen(start + timedelta(seconds=2)):
        assert person.signs_in("a wrong password").status_code == 401
        assert person.signs_in().headers["Retry-After"] == "2"
    with clock.frozen(start + timedelta(seconds=5)):
        assert person.signed() and person.signs_in("a wrong password").status_code == 401
        assert person.signed()


def test_refresh_tokens_rotate_and_a_stolen_one_ends_the_session(person: Person) -> None:
    """Each is good once; one that comes again after a while ends the whole session, whoever has the newest."""
    first = person.signed()["refresh_token"]
    second = (person.renews(first).json or {})["refresh_token"]
    repeat = person.renews(first).json or {}
    assert "access_token" in repeat and "refresh_token" not in repeat  # two tabs at once
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        third = (person.renews(second).json or {})["refresh_token"]
        assert oauth_error(person.renews(first)) == (400, "invalid_grant")
        assert oauth_error(person.renews(third)) == (400, "invalid_grant")
    with person.app.sessions() as session:
        why = text("SELECT ended_why FROM account_sessions WHERE official_id = :id")
        assert session.scalars(why, {"id": person.id}).all() == ["reuse"]


BAD_REFRESH = {
    "none": ({"grant_type": "refresh_token"}, "invalid_request"),
    "empty": ({"grant_type": "refresh_token", "refresh_token": ""}, "invalid_request"),
    "unknown": ({"grant_type": "refresh_token", "refresh_token": "x" * 43}, "invalid_grant"),
    "with NUL": ({"grant_type": "refresh_token", "refresh_token": "a\x00b"}, "invalid_grant"),
    "a password": ({"grant_type": "password", "username": "a", "password": "b"}, "invalid_client"),
}


@pytest.mark.parametrize("what", BAD_REFRESH)
def test_bad_requests_of_the_token_endpoint_are_refused(app: ServiceApp, what: str) -> None:
    """As OAuth wants it; the password grant is not offered at all."""
    form, code = BAD_REFRESH[what]
    assert oauth_error(app.test_client().post(TOKEN, data=form))[1] == code


def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(person: Person) -> None:
    """Neither is taken for the other (RFC 8725)."""
    signed = person.signed()
    assert oauth_error(person.renews(signed["access_token"])) == (400, "invalid_grant")
    assert person.call("GET", "/me", signed["refresh_token"]).status_code == 401


def test_tokens_run_out(person: Person) -> None:
    """A refresh token after a week, a session after thirty days however often it was renewed."""
    token, begun = person.signed()["refresh_token"], clock.now()
    with clock.frozen(begun + timedelta(days=7, seconds=1)):
        assert oauth_error(person.renews(token)) == (400, "invalid_grant")
    token = person.signed()["refresh_token"]
    for day in (6, 12, 18, 24, 29):
        with clock.frozen(begun + timedelta(days=day)):
            token = (person.renews(token).json or {})["refresh_token"]
    with clock.frozen(begun + timedelta(days=30, minutes=5)):
        assert oauth_error(person.renews(token)) == (400, "invalid_grant")


def test_signing_out_here_there_and_everywhere(person: Person) -> None:
    """A session ends by its token, by its id, or with all others; saying so twice changes nothing."""
    one, two, three = person.signed(), person.signed(), person.signed()
    access = three["access_token"]
    sessions = (person.call("GET", "/me/sessions", access).json or {})["items"]
    assert len(sessions) == 3 and sessions[0]["method"] == "password"
    for _ in range(2):
        assert person.post("/sign-out", {"refresh_token": one["refresh_token"]}).status_code == 204
    assert person.post("/sign-out", {"refresh_token": "unknown"}).status_code == 204
    assert oauth_error(person.renews(one["refresh_token"])) == (400, "invalid_grant")
    assert person.call("DELETE", f"/me/sessions/{sessions[1]['id']}", access).status_code == 204
    assert person.call("DELETE", f"/me/sessions/{sessions[1]['id']}", access).status_code == 404
    assert oauth_error(person.renews(two["refresh_token"])) == (400, "invalid_grant")
    assert person.call("DELETE", "/me/sessions", access).status_code == 204
    assert oauth_error(person.renews(three["refresh_token"])) == (400, "invalid_grant")


def test_a_second_factor_is_asked_for_once_confirmed(person: Person) -> None:
    """Enrol, confirm, sign in with a code that is good once or a recovery code; turn it off with the password."""
    access = person.signed()["access_token"]
    enrolled = person.call("POST", "/me/authenticator", access).json or {}
    secret = parse_qs(urlsplit(enrolled["address"]).query)["secret"][0]
    assert secret == enrolled["secret"] and person.signed()

    def code(away: int = 0) -> str:
        return totp.code_at(secret, int(clock.now().timestamp()) // 30 + away)

    start = clock.now()
    wrong = person.call("POST", "/me/authenticator/confirmation", access, {"code": "000000"})
    assert wrong.status_code == 422
    with clock.frozen(start):
        confirmed = person.call("POST", "/me/authenticator/confirmation", access, {"code": code()})
        recovery = (confirmed.json or {})["recovery_codes"]
        assert len(recovery) == 10
        missing = person.signs_in()
        assert missing.status_code == 401 and (missing.json or {})["code_needed"] is True
        assert person.signs_in(code=code()).status_code == 401  # it was used to confirm
        assert "code_needed" not in (person.signs_in("a wrong password", code=code(1)).json or {})
        step = {"challenge": (missing.json or {})["challenge"], "code": code(1)}
        assert person.post("/sign-in/code", step | {"challenge": "x" + step["challenge"]}).status_code == 401
        assert person.post("/sign-in/code", step | {"code": "000000"}).status_code == 401
        assert person.post("/sign-in/code", step).status_code == 200
        assert person.signs_in(code=code(1)).status_code == 401
        assert person.signed(code=recovery[0].upper()) and person.signs_in(code=recovery[0]).status_code == 401
    assert person.call("POST", "/me/authenticator", access).status_code == 409
    removal = "/me/authenticator/removal"
    assert person.call("POST", removal, access, {"current": "a wrong password"}).status_code == 422
    assert person.told() == []
    assert person.call("POST", removal, access, {"current": PASSWORD}).status_code == 204
    assert person.signed() and person.told() == ["second_factor_off"]


def test_changing_the_password_signs_out_everywhere(person: Person) -> None:
    """It takes the current one, and the rules hold; the owner is told, as of one chosen over a link, but not of the
    first."""
    signed = person.signed()
    for current, new, field in (("wrong", OTHER, "current"), (PASSWORD, "short", "password")):
        answer = person.call("PUT", "/me/password", signed["access_token"], {"current": current, "password": new})
        assert answer.status_code == 422 and field in (answer.json or {})["errors"]
    changed = {"current": PASSWORD, "password": OTHER}
    assert person.call("PUT", "/me/password", signed["access_token"], changed).status_code == 204
    assert oauth_error(person.renews(signed["refresh_token"])) == (400, "invalid_grant")
    assert person.signs_in().status_code == 401 and person.signed(OTHER)
    assert person.told() == ["password_changed"]
    assert person.post("/password-resets", {"email": person.email}).status_code == 202
    assert person.chooses(person.mailed()).status_code == 204
    assert person.told() == ["password_changed"] * 2


def test_roles_come_with_the_next_token_and_go_with_it(person: Person, api: Api) -> None:
    """A grant adds a capacity; a token has one at a time; ending the grant, or the assignment, takes it away."""
    signed = person.signed()
    grant = api.made("/role-grants", official=person.id, role="auditor", unit="834", source="QĐ 15")
    listed = api.items(f"/role-grants?official={person.id}&role=auditor")
    assert [each["id"] for each in listed] == [grant["id"]]
    asked = person.renews(signed["refresh_token"], capacity="auditor").json or {}
    said = claims(person, asked["access_token"])
    assert said["territory"] == ["83/834/"] and "assignments:audit" in said["scope"]
    assert "visits:write" not in said["scope"]
    kept = person.renews(asked["refresh_token"]).json or {}
    assert kept["capacity"] == "auditor"
    ended = api.post(f"/role-grants/{grant['id']}/end", {"valid_to": grant["valid_from"]}, **{"If-Match": "*"})
    assert ended.status_code == 200
    back = person.renews(kept["refresh_token"]).json or {}
    assert back["capacity"] == "posts"
    [assignment] = api.items(f"/assignments?official={person.id}")
    api.post(f"/assignments/{assignment['id']}/end", {"valid_to": "2020-01-02"}, **{"If-Match": "*"})
    nothing = person.renews(back["refresh_token"]).json or {}
    assert nothing["scope"] == "assignments:self" and claims(person, nothing["access_token"])["territory"] == []


def test_who_stands_in_for_others_acts_in_their_places(person: Person, api: Api, desk: Desk) -> None:
    """Also for somebody for whom they stand in, who stands in themselves; and no longer than they are away."""
    first = desk.holder("commune_follower", unit="28984")
    second = desk.holder("commune_follower", unit="28987")
    today = clock.today().isoformat()
    for away, instead in ((first, second["id"]), (second, person.id)):
        api.made("/absences", official=away["id"], substitute=instead, valid_from=today, reason="study")
    there = claims(person, person.signed()["access_token"])["territory"]
    assert [each.split("/")[-2] for each in there] == ["28984", "28987", "28993"]


def test_what_a_post_allows_is_data(person: Person, api: Api) -> None:
    """Taking a scope from a post takes it from everybody's next token."""
    path = "/posts/commune_follower/permissions"
    before = [each["scope"] for each in (api.get(path).json or {})["permissions"]]
    assert "visits:escalate" in before
    fewer = {"scopes": [each for each in before if each != "visits:escalate"], "source": "QĐ 15"}
    assert api("PUT", path, fewer).status_code == 200
    assert "visits:escalate" not in person.signed()["scope"]
    assert api("PUT", path, {"scopes": before, "source": "QĐ 15"}).status_code == 200
    assert "visits:escalate" in person.signed()["scope"]
    assert api("PUT", path, {"scopes": ["assignments:self"], "source": "QĐ 15"}).status_code == 422


def test_nobody_grants_or_takes_over_more_than_they_have(
    api: Api, api_with: Callable[..., Api], person: Person, desk: Desk
) -> None:
    """Not a role beyond one's scopes, not outside one's territory, not the account of who reaches farther."""
    district = api_with(territories=("83/834/",))
    grant = {"official": person.id, "role": "administrator", "source": "QĐ 15"}
    assert district.post("/role-grants", grant).status_code == 403
    assert district.post("/role-grants", grant | {"unit": "829"}).status_code == 403
    modest = api_with(scopes=["assignments:accounts", "assignments:read"])
    assert modest.post("/role-grants", grant).status_code == 403
    local = desk.official(email="lan@bentre.example", unit="834")
    assert district("POST", f"/officials/{local['id']}/invitation").status_code == 202
    api.made("/role-grants", official=local["id"], role="administrator", source="QĐ 15")
    assert district("POST", f"/officials/{local['id']}/invitation").status_code == 403
    assert district("PUT", f"/officials/{local['id']}/account/block", {"blocked": True}).status_code == 403


def test_changing_an_address_gives_nobody_the_account(person: Person, api: Api) -> None:
    """A reset goes to the address of the account only: its event names which, and it is not the new one."""
    api("PATCH", f"/officials/{person.id}", {"email": "ke.khac@bentre.example"}, **{"If-Match": "*"})
    assert person.post("/password-resets", {"email": "ke.khac@bentre.example"}).status_code == 202
    assert person.post("/password-resets", {"email": person.email}).status_code == 202
    assert person.chooses(person.mailed()).status_code == 204  # sent to the old address or to nobody: see letters


def test_who_is_blocked_or_has_left_is_out_at_once(person: Person, api: Api) -> None:
    """No sign-in, no renewal, no reset; what was sent before opens nothing."""
    signed = person.signed()
    account = f"/officials/{person.id}/account"
    assert (api.get(account).json or {})["login"] == person.email.casefold()
    assert api("PUT", f"{account}/block", {"blocked": True}).status_code == 200
    assert person.signs_in().status_code == 401
    assert oauth_error(person.renews(signed["refresh_token"])) == (400, "invalid_grant")
    assert api("PUT", f"{account}/block", {"blocked": False}).status_code == 200
    signed = person.signed()
    assert api("DELETE", f"{account}/sessions").status_code == 204
    assert oauth_error(person.renews(signed["refresh_token"])) == (400, "invalid_grant")
    signed = person.signed()
    api("PATCH", f"/officials/{person.id}", {"active": False}, **{"If-Match": "*"})
    assert person.signs_in().status_code == 401
    assert oauth_error(person.renews(signed["refresh_token"])) == (400, "invalid_grant")


def test_a_client_has_no_account(api: Api) -> None:
    """Everything below /me needs an official who has signed in."""
    for method, path, body in (
        ("GET", "/me", None),
        ("DELETE", "/me/sessions", None),
        ("PUT", "/me/password", {"current": "x", "password": PASSWORD}),
        ("POST", "/me/authenticator", None),
    ):
        assert api(method, path, body).status_code == 403


def test_who_signs_in_and_what_they_do_is_in_the_audit_log(person: Person, api: Api) -> None:
    """The session by the official, from where it was; the password by its owner, without the hash."""
    person.http.post(
        V1 + "/sign-in",
        json={"email": person.email, "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "Firefox"},
    )
    [begun] = api.items(f"/audit-log?record=account_sessions&actor={person.id}")
    assert (begun["operation"], begun["address"], begun["agent"]) == ("insert", "203.0.113.9", "Firefox")
    changed, opened = api.items(f"/audit-log?record=accounts&record_id={person.id}")
    assert changed["actor"] == person.id and changed["after"]["password_hash"] == "***"
    assert opened["actor_kind"] == "client" and UUID(opened["record_id"])
