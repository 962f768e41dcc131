"""The bad-input rule, on every route: a clear 4xx that names the field, and nothing is changed."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.integration.apis.conftest import Apis
from tests.integration.apis.operations import SERVICES, Operation, operations
from tests.integration.apis.test_access import fingerprint, is_problem
from tests.support import tokens

WRONG = {
    "a list": [1],
    "an object": {"a": 1},
    "NUL": "a\u0000b",
    "a control character": "a\u0007b",
    "too long": "x" * 20_000,
    "a number": 12.5,
}


def send(apis: Apis, operation: Operation, **kwargs: Any) -> Any:
    """A request with a good token."""
    headers = tokens.bearer() | {"If-Match": "*"} | kwargs.pop("headers", {})
    return apis.client(operation.service).open(
        operation.path(apis), method=operation.method, headers=headers, **kwargs
    )


def refused(answer: Any, operation: Operation, what: str, field: str | None = None) -> None:
    """A 4xx problem, naming the field if there is one to name."""
    said = f"{operation.name} with {what}: {answer.status_code} {answer.text[:300]}"
    assert 400 <= answer.status_code < 500 and is_problem(answer), said
    if field:
        assert any(name.split(".")[0] == field for name in answer.json.get("errors", {})), said


@pytest.mark.parametrize("service", SERVICES)
def test_bad_bodies(apis: Apis, service: str) -> None:
    """What is not a JSON object in UTF-8 of known fields is refused on every operation that takes a body."""
    before = fingerprint(apis, service)
    for operation in [each for each in operations(apis) if each.service == service and each.body]:
        json = {"Content-Type": "application/json"}
        bodies = (
            b"",
            b"{",
            b"[]",
            b"1",
            b"null",
            b'"x"',
            b"\xff\xfe{}",
            b'{"a": "\\ud800"}',
            b"[" * 5000,
            b'{"a":NaN}',
        )
        for raw in bodies:
            refused(send(apis, operation, data=raw, headers=json), operation, repr(raw[:20]))
        for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", ""):
            answer = send(apis, operation, data=b"{}", headers={"Content-Type": kind})
            refused(answer, operation, f"content type {kind!r}")
            assert answer.status_code == 415
        answer = send(apis, operation, data=b'{"a":"' + b"x" * 10_000_000 + b'"}', headers=json)
        refused(answer, operation, "10 MB")
        assert answer.status_code == 413
        refused(send(apis, operation, json={"no_such_field": 1}), operation, "an unknown field", "no_such_field")
    assert fingerprint(apis, service) == before


@pytest.mark.parametrize("service", SERVICES)
def test_bad_fields(apis: Apis, service: str) -> None:
    """Each field of each body, given a value of the wrong kind or size, is named in the answer."""
    before = fingerprint(apis, service)
    for operation in [each for each in operations(apis) if each.service == service and each.body]:
        for field in (operation.body or {}).get("properties", {}):
            for what, value in WRONG.items():
                refused(send(apis, operation, json={field: value}), operation, f"{field} = {what}", field)
    assert fingerprint(apis, service) == before


@pytest.mark.parametrize("service", SERVICES)
def test_bad_query_arguments(apis: Apis, service: str) -> None:
    """Unknown query arguments, and bad values of known ones, are refused and named."""
    for operation in [each for each in operations(apis) if each.service == service and not each.public]:
        answer = send(apis, operation, query_string={"no_such_argument": "1"}, json={} if operation.body else None)
        refused(answer, operation, "an unknown argument", "no_such_argument")
        for parameter in operation.query:
            name = parameter["name"]
            values = {"NUL": "a%00b", "invalid UTF-8": "%ff"}
            if "maxLength" in parameter["schema"]:
                values["too long"] = "x" * (parameter["schema"]["maxLength"] + 1)
            else:
                values["nonsense"] = "nonsense"
            for what, value in values.items():
                others = {key: good for key, good in operation.needed(apis).items() if key != name}
                address = f"{operation.path(apis)}?{urlencode(others)}&{name}={value}"
                answer = apis.client(service).open(address, method=operation.method, headers=tokens.bearer())
                field = None if what in ("NUL", "invalid UTF-8") else name
                refused(answer, operation, f"{name} = {what}", field)


@pytest.mark.parametrize("service", SERVICES)
def test_odd_addresses(apis: Apis, service: str) -> None:
    """Unknown paths, methods and ids are 404 and 405 problems."""
    client, headers = apis.client(service), tokens.bearer()
    for path in ("/", "/nothing", "/issues/%00", "/%ff", "/issues/../..", "/officials/1", "/notifications/x"):
        answer = client.get(f"/api/{service}/v1{path}", headers=headers)
        assert answer.status_code in (400, 404) and is_problem(answer), path
    for operation in [each for each in operations(apis) if each.service == service and not each.public]:
        allowed = {method.upper() for method in operation.document["paths"][operation.template]}
        for method in sorted({"DELETE", "PUT", "TRACE", "OPTIONS", "QUERY"} - allowed):
            answer = client.open(operation.path(apis), method=method, headers=headers)
            assert answer.status_code == 405 and is_problem(answer) and answer.headers["Allow"], operation.name
        for bad in ("0", "x", "00000000-0000-0000-0000-000000000000"):
            if "{" in operation.template and "{token}" not in operation.template:
                path = operation.template.split("{")[0] + bad + operation.template.split("}", 1)[1]
                answer = client.open(
                    path,
                    method=operation.method,
                    headers=headers | {"If-Match": "*"},
                    json={} if operation.body else None,
                )
                assert answer.status_code in (404, 422) and is_problem(answer), (
                    f"{operation.name} {bad} {answer.text}"
                )
