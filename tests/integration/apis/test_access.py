"""Every route of every service: not without a token, not with another scope, not from another territory."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import text

from shared.contracts.scopes import SCOPES
from shared.web.auth import principal
from tests.integration.apis.conftest import Apis
from tests.integration.apis.operations import SERVICES, operations
from tests.support import tokens

ELSEWHERE = ("86/",)  # Vĩnh Long: everything that was made lies in Bến Tre
# Lists of what belongs to no place.
PLACELESS = {
    "/api/assignments/v1/coverage-limits",
    "/api/assignments/v1/coverage/stream",  # its own tests read it from elsewhere
    "/api/assignments/v1/audit-log",  # its own tests read it from a district
    "/api/assignments/v1/audit-log/export",
    "/api/visits/v1/cadence/rules",
    "/api/visits/v1/thresholds",
    "/api/visits/v1/similarity-rule",
    "/api/visits/v1/support-purposes",
    "/api/visits/v1/report-sections",
    "/api/visits/v1/report-deadlines",
    "/api/visits/v1/report-receivers",
    "/api/visits/v1/information-deadline",
    "/api/visits/v1/proposal-reminder",
    "/api/assignments/v1/posts",
    "/api/assignments/v1/templates/{sheet_kind}",
    "/api/assignments/v1/rules",
    "/api/assignments/v1/rules/applications",
    "/api/assignments/v1/rules/presets",
    "/api/assignments/v1/rules/presets/{preset}",
    "/api/assignments/v1/posts/{post}",
    "/api/assignments/v1/posts/{post}/permissions",
    "/api/assignments/v1/roles",
    "/api/assignments/v1/posts/{post}/charges",
    "/api/assignments/v1/posts/{post}/scope",
    "/api/visits/v1/categories",
    "/api/visits/v1/calendar-overrides",
    "/api/visits/v1/escalation-steps",
    "/api/visits/v1/sla-policies",
    "/api/visits/v1/privacy-rules",
    "/api/visits/v1/intake-guidance",
    "/api/visits/v1/intake-phrases",
    "/api/visits/v1/visit-purposes",
    "/api/visits/v1/wording-rules",
    "/api/visits/v1/feedback-follow-up",
    "/api/notifications/v1/telling-rules",
    "/api/notifications/v1/telling-settings",
    "/api/notifications/v1/retention-rules",
    "/api/notifications/v1/templates",
}


def is_problem(answer: Any) -> bool:
    """The answer is one of RFC 9457 that says what its status says."""
    return answer.mimetype == "application/problem+json" and answer.json["status"] == answer.status_code


def test_every_route_declares_its_access(apis: Apis) -> None:
    """No rule of any application lacks a declaration; what is public is a short list."""
    public = set()
    for service, app in apis.apps.items():
        for rule in app.url_map.iter_rules():
            view = app.view_functions[rule.endpoint]
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                function = getattr(getattr(view, "view_class", None), method.lower(), view)
                access = getattr(function, "access", None)
                assert access in SCOPES or access == "public", f"{method} {rule}"
                if access == "public":
                    public.add(f"{method} {str(rule).removeprefix(f'/api/{service}')}")
    assert public == {
        "GET /v1/healthz",
        "GET /v1/readyz",
        "GET /v1/metrics",
        "GET /v1/openapi.json",
        "GET /v1/docs/",
        "GET /v1/docs/<path:path>",
        "POST /oauth/token",
        "GET /oauth/jwks.json",
        "POST /v1/sign-in",
        "POST /v1/sign-in/code",
        "GET /v1/oidc",
        "POST /v1/oidc/flows",
        "POST /v1/oidc/sign-in",
        "POST /v1/sign-out",
        "POST /v1/passwords",
        "POST /v1/password-resets",
        "GET /v1/acknowledgements/<string:token>",
        "POST /v1/acknowledgements/<string:token>",
        "GET /v1/bundle-acknowledgements/<string:token>",
        "POST /v1/bundle-acknowledgements/<string:token>",
        "GET /v1/unsubscriptions/<string:token>",
        "POST /v1/unsubscriptions/<string:token>",
        "POST /v1/acknowledgements/<string:token>/answers",
        "GET /v1/acknowledgements/<string:token>/colleagues",
        "GET /v1/directive-links/<string:token>/receipt",
        "POST /v1/directive-links/<string:token>/receipt",
        "GET /v1/directive-links/<string:token>/files/<uuid:file_id>",
        "GET /v1/calendar/<string:secret>.ics",
        "POST /v1/bounces",
    }


def test_no_route_without_a_token(apis: Apis) -> None:
    """Without a token every protected operation answers 401 and says how to authenticate."""
    for operation in operations(apis):
        if not operation.public:
            answer = apis.client(operation.service).open(operation.path(apis), method=operation.method)
            assert answer.status_code == 401 and is_problem(answer), operation.name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_route_with_another_scope(apis: Apis) -> None:
    """With every scope but the right one each protected operation answers 403."""
    for operation in operations(apis):
        if not operation.public:
            headers = tokens.bearer(scopes=[each for each in SCOPES if each != operation.scope])
            answer = apis.client(operation.service).open(
                operation.path(apis), method=operation.method, headers=headers
            )
            assert answer.status_code == 403 and is_problem(answer), operation.name


@pytest.mark.parametrize("territories", [ELSEWHERE, ()])
def test_nothing_is_seen_from_another_territory(apis: Apis, territories: tuple[str, ...]) -> None:
    """Reading something by id answers 404, and lists hold nothing of the place."""
    for operation in operations(apis):
        if operation.public or operation.method != "GET" or operation.template in PLACELESS:
            continue
        path = operation.path(apis)
        answer = apis.client(operation.service).get(
            path, query_string=operation.needed(apis), headers=tokens.bearer(territories=territories)
        )
        if answer.status_code == 200 and answer.mimetype != "application/json":  # a sheet
            assert not [value for value in apis.made.values() if len(value) == 36 and value in answer.text]
        elif answer.status_code == 200:
            for item in answer.json.get("items", ()):
                assert territories and "83" not in answer.text.split(str(item.get("id")))[0][-40:], operation.name
                ids = {value for value in apis.made.values() if len(value) == 36}  # words may stand anywhere
                assert not ids & {str(value) for value in item.values()}, operation.name
        else:
            assert answer.status_code in (403, 404) and is_problem(answer), f"{operation.name} {answer.text}"


def test_nothing_is_done_from_another_territory(apis: Apis) -> None:
    """Every change, made with a complete and valid body, is refused from elsewhere and changes no row."""
    bodies: dict[str, Any] = {
        "/hamlets": {"name": "Ấp 2", "unit": "28789"},
        "/officials": {"full_name": "A B", "given_name": "B", "unit": "83"},
        "/clusters": {"name": "C", "district": "829", "communes": ["28789"]},
        "/communes": {"communes": ["28789"]},
        "/assignments": {
            "official": apis.made["official_id"],
            "post": "district_overseer",
            "unit": "829",
            "legal_basis": "QĐ 182",
        },
        "/end": {"valid_to": "2030-01-01"},
        "/issues": {"unit": "28789", "kind": "pressing", "category": "water", "title": "x", "description": "y"},
        "/escalations": {"reason": "from elsewhere"},
    }
    before = {service: fingerprint(apis, service) for service in SERVICES}
    for operation in operations(apis):
        if operation.public or operation.method == "GET":
            continue
        body = bodies.get("/" + operation.template.rsplit("/", 1)[1], {"name": "x"} if operation.body else None)
        if operation.method == "PATCH" and "officials" in operation.template:
            body = {"given_name": "X"}
        if operation.method == "POST" and operation.template.endswith(("/files", "/file", "/imports")):
            continue  # it takes a form; its own tests upload from elsewhere
        if operation.method == "POST" and operation.template.endswith(("/proposals", "/rotations")):
            continue  # an issue, or an assignment, of elsewhere is none there: their own tests name one
        if operation.template.endswith(("/intake-checks", "/previews")):
            continue  # it names no place and keeps nothing
        if operation.template.endswith("/drafts/batch"):
            continue  # it answers for each draft; its own tests hand in drafts from elsewhere
        body = operation.good_body(apis) or body
        answer = apis.client(operation.service).open(
            operation.path(apis),
            method=operation.method,
            json=body,
            headers=tokens.bearer(territories=ELSEWHERE) | {"If-Match": "*"},
        )
        assert answer.status_code in (403, 404) and is_problem(answer), f"{operation.name}: {answer.text}"
    assert before == {service: fingerprint(apis, service) for service in SERVICES}


def fingerprint(apis: Apis, service: str) -> dict[str, str]:
    """What stands in each table, as one hash per table."""
    with apis.system.sessions[service]() as session:
        tables = (
            session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        )
        return {
            name: session.execute(
                text(f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t")
            ).scalar_one()
            for name in tables
        }


NOW = int(time.time())
OFFICIAL = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"
OTHER_KEY = OKPKey.generate_key("Ed25519", {"kid": "test-key", "alg": "Ed25519"})
BAD_TOKENS = {
    "signed by another key": {"key": OTHER_KEY},
    "unknown key id": {"header": {"kid": "another"}},
    "no key id": {"header": {"kid": ""}},
    "another type": {"header": {"typ": "JWT"}},
    "expired": {"exp": NOW - 60},
    "without expiry": {"exp": None},
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "another"},
    "without audience": {"aud": None},
    "without a client": {"client_id": None},
    "without a territory": {"territory": None},
    "territory of another kind": {"territory": "83/"},
    "without scopes": {"scope": None},
    "not yet valid": {"nbf": NOW + 3600},
    "without a subject": {"sub": None},
    "an official who is not its subject": {"official": OFFICIAL, "sub": "tester"},
    "an official of another kind": {"official": [OFFICIAL]},
    "an official who is none": {"official": "tester"},
    "an official without a name": {"official": ""},
    "an official spelt otherwise": {"official": OFFICIAL.upper()},
}


@pytest.mark.parametrize("what", BAD_TOKENS)
def test_bad_tokens_are_refused(apis: Apis, what: str) -> None:
    """A token that is wrong in any one way opens nothing (RFC 8725)."""
    changes = dict(BAD_TOKENS[what])
    territory = changes.pop("territory", [""])
    token = tokens.token(key=changes.pop("key", tokens.KEY), territory=territory, **changes)
    for service, path in (("assignments", "/posts"), ("visits", "/issues"), ("notifications", "/notifications")):
        headers = {"Authorization": f"Bearer {token}"}
        answer = apis.client(service).get(f"/api/{service}/v1{path}", headers=headers)
        assert answer.status_code == 401 and is_problem(answer), (what, answer.text)


@pytest.mark.parametrize("official", [None, UUID(OFFICIAL)])
def test_a_token_says_for_whom_it_speaks(apis: Apis, official: UUID | None) -> None:
    """A client's token names no official; an official's names them, and no other person shares their name here."""
    app = apis.apps["visits"]
    with app.test_request_context("/api/visits/v1/issues", headers=tokens.bearer(official=official)):
        assert app.preprocess_request() is None
        who = principal()
    assert who.official == official
    assert who.client_id == ("tester" if official is None else f"official:{OFFICIAL}")


@pytest.mark.parametrize("kind", ["none", "hmac with the public key"])
def test_the_algorithm_is_pinned(apis: Apis, kind: str) -> None:
    """Neither an unsigned token nor one signed symmetrically with the public key is taken."""
    header = {"typ": "at+jwt", "kid": "test-key", "alg": "none" if kind == "none" else "HS256"}
    claims = jwt.decode(tokens.token(), tokens.KEY, algorithms=["Ed25519"]).claims
    signed = b".".join(urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (header, claims))
    signature = b""
    if kind != "none":
        public = tokens.KEY.as_pem(private=False)
        signature = urlsafe_b64encode(hmac.digest(public, signed, "sha256")).rstrip(b"=")
    token = (signed + b"." + signature).decode()
    answer = apis.client("visits").get("/api/visits/v1/issues", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer " + "x" * 5000])
def test_what_is_no_token_is_refused(apis: Apis, header: str) -> None:
    """Nonsense in the Authorization header is a 401, never worse."""
    answer = apis.client("visits").get("/api/visits/v1/issues", headers={"Authorization": header})
    assert answer.status_code == 401 and is_problem(answer)
