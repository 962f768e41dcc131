"""Nobody responsible fails to hear: mailboxes refuse, and the post above has a mail within seconds, exactly one,
through the real processes; also when these are killed meanwhile and Redis is wiped."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.test_crashes import communes_of, left_over, settled
from tests.support.smtp_sink import SmtpSink
from tests.support.stack import Client, Stack
from tests.support.waiting import until

KILLED = ("notifications-sender", "notifications-worker", "visits-worker", "assignments-worker")
SECONDS = 45.0  # from the escalation to the mail of the post above, on a machine that others use too


@pytest.fixture(scope="module")
def sink() -> Iterator[SmtpSink]:
    """A mail server that refuses whom it is told to."""
    with SmtpSink() as made:
        yield made


@pytest.fixture(scope="module")
def stack(sink: SmtpSink) -> Iterator[Stack]:
    """The whole system with the officials of Bến Tre."""
    settings = {"CAUNOI_SMTP_URL": sink.url, "CAUNOI_SMTP_TIMEOUT": "2", "CAUNOI_LOG_LEVEL": "WARNING"}
    with Stack(settings) as running:
        running.run("units", "import", "data/units-2025-06-30.csv")
        running.run("seed")
        until(lambda: settled(running), 120, "the projections to be complete", lambda: left_over(running))
        yield running


def responsible(client: Client, code: str, step: int = 1) -> dict[str, str]:
    """Who is told at a step, and their addresses."""
    status, answer = client.call("GET", f"/api/assignments/v1/responsible?unit={code}&step={step}")
    assert status == 200, answer
    found = {}
    for person in answer["recipients"]:
        path = f"/api/assignments/v1/officials/{person['official_id']}"
        found[person["official_id"]] = client.call("GET", path)[1]["email"]
    return found


def escalate(client: Client, code: str, number: int) -> tuple[str, str]:
    """A commune reports an issue, and escalates it; the ids of both."""
    report = {
        "unit": code, "kind": "pressing", "category": "water", "severity": "high",
        "title": f"Mất nước sinh hoạt lần {number}", "description": "Hơn 200 hộ không có nước sạch.",
    }  # fmt: skip
    issue = post(client, "/api/visits/v1/issues", report)["id"]
    body = {"reason": "Cần xe bồn chở nước ngay."}
    return issue, post(client, f"/api/visits/v1/issues/{issue}/escalations", body)["id"]


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    """What must be made."""
    status, answer = client.call("POST", path, body)
    assert status in (201, 202), answer
    return answer


@pytest.mark.xdist_group("unreached")
@pytest.mark.parametrize("crashing", [False, True])
def test_it_falls_to_somebody_whom_mail_reaches(stack: Stack, sink: SmtpSink, crashing: bool) -> None:
    """All of the first step are refused with 550: whoever stands above them gets one mail, however many of them it
    fell from; the timeline says so, and those refused are marked. Again nothing comes of it."""
    client = stack.client()
    code = communes_of(client)[3 if crashing else 0]["code"]
    told = responsible(client, code)
    sink.rules(
        *(
            {"stage": "rcpt", "answer": "550 5.1.1 no such user", "match": to, "times": 10**9}
            for to in told.values()
        )
    )
    before = len(sink.messages())
    began = time.monotonic()
    issue, escalation = escalate(client, code, int(crashing))
    if crashing:
        for role in KILLED:
            stack.kill(role)
        stack.redis().flushall()

    fell = (
        "SELECT told.official_id::text, told.id::text FROM notifications AS told JOIN notices "
        f"ON notices.id = notice_id WHERE about_id = '{escalation}' AND channel = 'email' AND state = 'sent'"
    )
    until(lambda: stack.rows("notifications", fell), 60, "somebody else to be told", lambda: left_over(stack))
    took = time.monotonic() - began
    until(lambda: settled(stack), 120, "everything to be confirmed", lambda: left_over(stack))
    assert crashing or took < SECONDS

    heirs = stack.rows("notifications", fell)
    assert heirs and not {official for official, _ in heirs} & told.keys()
    assert len({official for official, _ in heirs}) == len(heirs)
    ids = [message_id.strip("<>").partition("@")[0] for _, message_id, _ in sink.messages(before)]
    for _, notification in heirs:
        # A sender that is killed before it could record a mail sends it again, with the same Message-ID.
        assert ids.count(notification) == 1 or (crashing and ids.count(notification) > 1)
    marked = (
        "SELECT official_id::text FROM escalation_recipients "
        f"WHERE escalation_id = '{escalation}' AND unreached_at IS NOT NULL"
    )
    assert {official for (official,) in stack.rows("visits", marked)} == told.keys()
    status, page = client.call("GET", f"/api/visits/v1/issues/{issue}/timeline?limit=200")
    assert status == 200
    lines = [each["text"]["vi"] for each in page["items"] if each["kind"] == "rerouted"]
    assert len(lines) == len(told) and all(line.startswith("Không liên lạc được với ") for line in lines)
    assert any("đã báo cho: " in line for line in lines)
    for service in ("assignments", "visits", "notifications"):
        assert stack.rows(service, "SELECT * FROM dead_letters") == []
    sink.rules()
