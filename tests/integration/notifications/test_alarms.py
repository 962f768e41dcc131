"""The operator hears of providers in trouble and of what is late: in /readyz, in the figures, by mail."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from services.notifications.deliveries.mail import MailCarrier
from shared import clock
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.smtp_sink import SmtpSink

V1 = "/api/notifications/v1"


@pytest.fixture
def spare() -> Iterator[SmtpSink]:
    """A second server."""
    with SmtpSink("--keep") as sink:
        yield sink


def degraded(api: FlaskClient) -> dict[str, str]:
    """What readyz and the figures say is wrong, which is the same."""
    answer = api.get(f"{V1}/readyz").json
    assert answer is not None
    figures = [line for line in api.get(f"{V1}/metrics").text.splitlines() if line.startswith("caunoi_alarm{")]
    found: dict[str, str] = answer["degraded"]
    assert len(figures) == len(found)
    return found


def test_trouble_of_a_provider_is_seen_and_told_over_another(
    service: Service, api: FlaskClient, sink: SmtpSink, spare: SmtpSink
) -> None:
    """At once in readyz and figures; after a minute in one mail to the operator over the server that works; gone
    when it works again."""
    service.settings = replace(service.settings, operator="truc@ubnd.example")
    with service.sessions.begin() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO heartbeats (role, at) SELECT role, now() + interval '1 hour' "
            "FROM unnest(ARRAY['notifications.events', 'notifications-sender', 'notifications-helper', "
            "'notifications-clock']) AS role"
        )
    sender = service.sender(f"{sink.url}?weight=9 {spare.url}")
    sink.refuse()
    service.tell(facts.recipient())
    sender.send_due(service.sessions)
    (name,) = degraded(api)
    assert name == f"email: 127.0.0.1:{sink.port}" and "refused" in degraded(api)[name]
    assert len(spare.messages()) == 1  # the notification, and no mail to the operator yet
    with clock.frozen(clock.now() + timedelta(seconds=70)):
        for number in range(2, 4):
            sender._besides[0]._next = 0.0  # type: ignore[attr-defined]
            service.tell(facts.recipient(), number=number)
            sender.send_due(service.sessions)
    told = [to for to, _, _ in spare.messages()]
    assert told.count("truc@ubnd.example") == 1
    assert any(f"127.0.0.1:{sink.port}".encode() in raw for raw in spare.raw())
    sink.listen()
    carrier = sender.carrier
    assert isinstance(carrier, MailCarrier)
    for outlet in carrier.outlets.all:
        outlet.hold.until = 0.0
    sender.send_due(service.sessions)
    for outlet in carrier.outlets.all:
        if outlet.asked:
            outlet.asked.join()
    sender.send_due(service.sessions)
    assert degraded(api) == {}


def test_what_is_late_is_an_alarm_until_it_is_gone(service: Service, api: FlaskClient, sink: SmtpSink) -> None:
    """The oldest due row of a channel is older than the limit: it is named, also a channel that nobody serves."""
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        service.tell(facts.recipient())
    with service.sessions.begin() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO notifications "
            "(id, notice_id, official_id, channel, full_name, reasons, created_at, state, due_at) "
            "SELECT uuidv7(), notice_id, official_id, 'sms', full_name, reasons, created_at, 'pending', "
            "created_at FROM notifications WHERE channel = 'email'"
        )
    sink.rules({"stage": "rcpt", "answer": "451 later"})
    sender = service.sender(sink.url)
    sender._besides[0](service.sessions)
    names = service.rows("SELECT name FROM alarms WHERE source = 'late' ORDER BY name")
    assert [each.name for each in names] == ["email", "sms"]
    sender.send_due(service.sessions)  # tried, so it is due later
    sender._besides[0]._next = 0.0  # type: ignore[attr-defined]
    sender.send_due(service.sessions)
    assert [each.name for each in service.rows("SELECT name FROM alarms")] == ["sms"]
