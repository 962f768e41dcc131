"""Text messages over HTTP gateways: answers, failover in the middle of a run, a slow one beside a quick one."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from services.notifications.deliveries.gateways import parse_gateways
from services.notifications.deliveries.sender import Sender
from services.notifications.worker import make_callers
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.http_sink import HttpSink, Received, Reply
from tests.support.waiting import until

OK = Reply(200, '{"code": 0, "id": "m-1"}')


@pytest.fixture
def gateways() -> Iterator[list[HttpSink]]:
    """Two servers."""
    with HttpSink() as first, HttpSink() as second:
        first.answer = second.answer = lambda request: OK
        yield [first, second]


@pytest.fixture
def sender(service: Service, gateways: list[HttpSink]) -> Iterator[Callable[..., Sender]]:
    """Makes the sender of text messages over the servers, the first with nine times the weight."""
    made = []

    def make(timeout: float = 10.0) -> Sender:
        described = [
            {
                "name": f"gateway {n}",
                "channel": "sms",
                "weight": [9, 1][n],
                "request": {
                    "url": f"{each.url}/send",
                    "json": {"to": "{phone_local}", "text": "{text}", "id": "{id}"},
                },
                "answers": [{"status": [200], "field": "code", "is": [7], "means": "permanent"}],
                "message_id": "id",
            }
            for n, each in enumerate(gateways)
        ]
        found = parse_gateways(json.dumps({"gateways": described}))
        made.extend(make_callers(replace(service.settings, gateways=found, http_timeout=timeout)))
        return made[-2]

    yield make
    for each in made:
        each.close()


def tell(service: Service, count: int) -> None:
    """So many people get a text message."""
    service.tell(*(facts.recipient(f"Người Thứ {n}") for n in range(count)))
    with service.sessions.begin() as session:
        session.execute(
            text("UPDATE notifications SET channel = 'sms' WHERE channel = 'email'"),
        )


def finish(service: Service, sender: Sender) -> None:
    """Send what is due, until nothing is under way."""
    sender.send_due(service.sessions)
    sender.finish(service.sessions)


def rows(service: Service) -> list[Any]:
    """The text messages."""
    return service.rows("SELECT * FROM notifications WHERE channel = 'sms' ORDER BY id")


def test_a_text_message_goes_out_as_described(
    service: Service, gateways: list[HttpSink], sender: Callable[..., Sender]
) -> None:
    """Phone, text and link stand where the operator wants them; the gateway's id of the message is on record."""
    tell(service, 1)
    finish(service, sender())
    (row,) = rows(service)
    (request,) = gateways[0].received
    sent = json.loads(request.body)
    assert (row.state, sent["to"], sent["id"]) == ("sent", "0912345678", str(row.id))
    assert sent["text"].startswith("[BT-2026-000001] Khẩn cấp: Cống ngăn mặn bị hỏng")
    assert " http://caunoi.example/xac-nhan/" in sent["text"]
    (attempt,) = service.rows("SELECT * FROM delivery_attempts")
    assert (attempt.provider, attempt.code, attempt.answer) == ("gateway 0", 200, "id m-1")
    assert [
        tuple(each) for each in service.rows("SELECT outcome, total FROM delivery_counts WHERE channel = 'sms'")
    ] == [("sent", 1)]


def test_another_gateway_takes_over_in_the_middle_of_a_run(
    service: Service, gateways: list[HttpSink], sender: Callable[..., Sender]
) -> None:
    """The first answers 401 after ten: all others go over the second, each message accepted once."""
    accepted: list[str] = []
    lock = threading.Lock()

    def ten(request: Received) -> Reply:
        with lock:
            if len(accepted) >= 10:
                return Reply(401, "no credit")
            accepted.append(json.loads(request.body)["id"])
            return OK

    gateways[0].answer = ten
    tell(service, 60)
    finish(service, sender())
    assert Counter(row.state for row in rows(service)) == {"sent": 60}
    over_other = [json.loads(each.body)["id"] for each in gateways[1].received]
    assert Counter(accepted + over_other) == Counter(str(row.id) for row in rows(service))
    kinds = Counter(row.outcome for row in service.rows("SELECT outcome FROM delivery_attempts"))
    assert kinds["sent"] == 60 and 1 <= kinds["temporary"] <= 40  # of 32 at once, and of looking after it


def test_what_the_gateway_refuses_for_good_fails_aloud(
    service: Service, gateways: list[HttpSink], sender: Callable[..., Sender]
) -> None:
    """The operator's mapping makes it permanent; the row says what the gateway said."""
    gateways[0].answer = gateways[1].answer = lambda request: Reply(200, '{"code": 7}')
    tell(service, 1)
    finish(service, sender())
    (row,) = rows(service)
    assert (row.state, row.last_error) == ("failed", '200 {"code": 7}')


def test_when_no_gateway_works_the_rows_are_held(
    service: Service, gateways: list[HttpSink], sender: Callable[..., Sender]
) -> None:
    """Asked to wait for a minute by both, nothing is asked again, no row is given up, and the operator hears."""
    gateways[0].answer = gateways[1].answer = lambda request: Reply(503, "", {"Retry-After": "60"})
    tell(service, 40)
    sending = sender()
    for _ in range(3):
        finish(service, sending)
    asked = sum(len(each.received) for each in gateways)
    assert asked <= 34 and Counter(row.state for row in rows(service)) == {"pending": 40}
    assert sending.carrier.room() == 0 and sending.carrier.hold().total_seconds() > 50
    alarms = service.rows("SELECT source, name FROM alarms ORDER BY name")
    assert [tuple(each) for each in alarms] == [("sms", "gateway 0"), ("sms", "gateway 1")]


def test_a_slow_answer_holds_up_nobody(
    service: Service, gateways: list[HttpSink], sender: Callable[..., Sender]
) -> None:
    """One call hangs; the others are sent and recorded meanwhile, and it is recorded when it lands."""
    tell(service, 30)
    slow = str(rows(service)[0].id)
    go = threading.Event()
    gateways[0].answer = gateways[1].answer = lambda request: (
        Reply(200, OK.body, wait=go) if json.loads(request.body)["id"] == slow else OK
    )
    sending = sender(timeout=60.0)

    def sent() -> Counter[str]:
        sending.send_due(service.sessions)
        return Counter(row.state for row in rows(service))

    until(lambda: sent() == {"sent": 29, "pending": 1}, 60, "all but the slow one")
    go.set()
    until(lambda: not sending.finish(service.sessions) and not sending.carrier.pending(), 60, "the slow call")
    assert Counter(row.state for row in rows(service)) == {"sent": 30}
    assert sum(json.loads(each.body)["id"] == slow for s in gateways for each in s.received) == 1


def test_who_has_no_phone_waits_visibly(service: Service, sender: Callable[..., Sender]) -> None:
    """The row says what it waits for."""
    person = facts.recipient()
    service.deliver(facts.official_changed(official_id=person["official_id"], phone=None))
    service.tell(person, known=False)
    with service.sessions.begin() as session:
        session.execute(text("UPDATE notifications SET channel = 'sms' WHERE channel = 'email'"))
    finish(service, sender())
    assert [(row.state, row.waiting) for row in rows(service)] == [("pending", "no_address")]
