"""Idempotency-Key: a POST sent again is done once and answered the same."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.apis.conftest import Apis
from tests.support import tokens

ISSUE = {"unit": "28789", "kind": "difficulty", "category": "water", "title": "Mất nước", "description": "Ba ngày."}


def post(apis: Apis, key: str, body: Any = None, **claims: Any) -> Any:
    """Report an issue under a key."""
    headers = tokens.bearer(**claims) | {"Idempotency-Key": key}
    return apis.client("visits").post("/api/visits/v1/issues", json=body or ISSUE, headers=headers)


def issues(apis: Apis) -> int:
    """How many issues there are."""
    with apis.system.sessions["visits"]() as session:
        return session.execute(text("SELECT count(*) FROM issues")).scalar_one()


def test_a_repeat_is_done_once_and_answered_the_same(apis: Apis) -> None:
    """The second answer is the first one, and says that it is a replay."""
    before = issues(apis)
    first, second = post(apis, '"key-1"'), post(apis, '"key-1"')
    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotent-Replay" not in first.headers and second.headers["Idempotent-Replay"] == "true"
    assert issues(apis) == before + 1


def test_a_key_belongs_to_one_request(apis: Apis) -> None:
    """The same key with another body is refused, naming the header."""
    post(apis, '"key-2"')
    answer = post(apis, '"key-2"', ISSUE | {"title": "Khác"})
    assert answer.status_code == 422 and "Idempotency-Key" in answer.json["errors"]


def test_a_key_belongs_to_one_client(apis: Apis) -> None:
    """Another client may use the same key for something else."""
    assert post(apis, '"key-3"').json["id"] != post(apis, '"key-3"', client_id="another").json["id"]


def test_a_refused_request_does_not_use_up_its_key(apis: Apis) -> None:
    """After a 422 the mended request goes through under the same key."""
    assert post(apis, '"key-4"', ISSUE | {"kind": "joke"}).status_code == 422
    assert post(apis, '"key-4"').status_code == 201


def test_a_request_still_running_is_a_conflict(apis: Apis) -> None:
    """While the first request holds the key, a second one is told 409."""
    with apis.system.sessions["visits"].begin() as session:
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        session.execute(lock, {"name": "tester\nkey-5"})
        assert post(apis, '"key-5"').status_code == 409
    assert post(apis, '"key-5"').status_code == 201


@pytest.mark.parametrize("key", ["", '""', "x" * 300, "ấp"])
def test_malformed_keys_are_refused(apis: Apis, key: str) -> None:
    """A key that is empty, too long or not ASCII is a 422 that names the header."""
    answer = post(apis, key.encode().decode("latin-1"))
    assert answer.status_code == 422 and "Idempotency-Key" in answer.json["errors"]
