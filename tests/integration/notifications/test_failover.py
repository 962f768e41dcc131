"""Mail over two SMTP servers: by their weights, and one for the other."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.deliveries.mail import MailCarrier
from services.notifications.deliveries.sender import Sender
from shared import clock
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.waiting import until


@pytest.fixture(scope="module")
def _other() -> Iterator[SmtpSink]:
    with SmtpSink("--keep") as sink:
        yield sink


@pytest.fixture
def other(_other: SmtpSink) -> SmtpSink:
    """The second server, willing and empty."""
    _other.listen()
    _other.clear()
    return _other


def people(count: int) -> list[dict[str, Any]]:
    """So many recipients."""
    return [facts.recipient(f"Người Thứ {n}") for n in range(count)]


def carrier(sender: Sender) -> MailCarrier:
    """What a sender of mail carries it with."""
    assert isinstance(sender.carrier, MailCarrier)
    return sender.carrier


def sent(*sinks: SmtpSink) -> Counter[str]:
    """How often each message was accepted, by its Message-ID."""
    return Counter(message_id for sink in sinks for _, message_id, _ in sink.messages())


def test_each_server_gets_its_share(service: Service, sink: SmtpSink, other: SmtpSink) -> None:
    """Of twelve chunks three quarters go over the server of weight 3, in turns and not in blocks."""
    sender = service.sender(f"{sink.url}?weight=3 {other.url}")
    for number in range(12):
        service.tell(*people(2), number=number)
        sender.send_due(service.sessions)
    assert (len(sink.messages()), len(other.messages())) == (18, 6)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("connect", "554 go away"),
        ("mail", "550 5.7.1 sender not welcome"),
        ("rcpt", "421 4.3.2 shutting down"),
        ("data", "drop"),
        ("content", "421 4.3.2 shutting down"),
    ],
)
def test_another_server_takes_over_in_the_middle_of_a_run(
    service: Service, sink: SmtpSink, other: SmtpSink, stage: str, answer: str
) -> None:
    """From the moment the first server fails everything goes over the second, also the mail it failed at; each mail
    is accepted once, and the attempts say by whom."""
    service.tell(*people(150))
    rule = {"stage": stage, "answer": answer}
    if stage != "connect":
        victim = service.emails()[40].official_id.hex
        rule |= {"match": victim if stage != "mail" else ""}
    sink.rules(rule)
    sender = service.sender(f"{sink.url}?weight=9 {other.url}")
    sender.send_due(service.sessions)
    assert Counter(row.state for row in service.emails()) == {"sent": 150}
    accepted = sent(sink, other)
    assert len(accepted) == 150 and set(accepted.values()) == {1}
    (vain,) = service.rows("SELECT * FROM delivery_attempts WHERE outcome = 'temporary'")
    assert vain.provider == f"127.0.0.1:{sink.port}"
    (row,) = service.rows("SELECT * FROM notifications WHERE id = :id", id=vain.notification_id)
    assert row.attempts == 2 and row.state == "sent"
    by = Counter(
        row.provider for row in service.rows("SELECT provider FROM delivery_attempts WHERE outcome = 'sent'")
    )
    assert by == Counter({f"127.0.0.1:{s.port}": len(s.messages()) for s in (sink, other) if s.messages()})
    assert carrier(sender).troubles().keys() == {f"127.0.0.1:{sink.port}"}


def test_a_mail_that_may_have_been_accepted_is_not_given_to_another_at_once(
    service: Service, sink: SmtpSink, other: SmtpSink
) -> None:
    """The first server takes a mail in and vanishes: the others go over the second, that one waits its turn."""
    service.tell(*people(20))
    sink.rules({"stage": "content", "answer": "accept-drop", "times": 1})
    sender = service.sender(f"{sink.url}?weight=9 {other.url}")
    sender.send_due(service.sessions)
    assert Counter(row.state for row in service.emails()) == {"sent": 19, "pending": 1}
    assert len(sink.messages()) == 1 and len(other.messages()) == 19 and set(sent(sink, other).values()) == {1}


def test_a_server_that_hangs_is_checked_beside_others(service: Service, sink: SmtpSink, other: SmtpSink) -> None:
    """Left alone first, then asked without a mail and without holding up any, and used again when it answers."""
    name = f"127.0.0.1:{sink.port}"
    sender = service.sender(f"{sink.url}?weight=9 {other.url}", timeout=2.0)
    outlet = next(each for each in carrier(sender).outlets.all if each.name == name)
    sink.refuse()
    service.tell(*people(3))
    sender.send_due(service.sessions)
    assert len(other.messages()) == 3 and not outlet.proven
    sink.listen()
    sink.rules({"stage": "connect", "answer": "hang"})
    outlet.hold.until = 0.0
    service.tell(*people(3), number=2)
    sender.send_due(service.sessions)
    assert len(other.messages()) == 6 and outlet.asked and outlet.asked.is_alive()
    sink.rules()
    outlet.asked.join()
    assert not outlet.proven and outlet.hold.troubles == 2
    outlet.hold.until = 0.0
    sender.send_due(service.sessions)
    until(lambda: outlet.proven, 60, "the server to be found again")
    outlet.asked.join()
    service.tell(*people(3), number=3)
    sender.send_due(service.sessions)
    assert len(sink.messages()) == 3 and carrier(sender).troubles() == {}


def test_when_no_server_works_the_rows_are_held_and_catch_up(
    service: Service, sink: SmtpSink, other: SmtpSink
) -> None:
    """Both refuse: one mail has been tried with each, all keep their place; either coming back gets them all."""
    service.tell(*people(60))
    for each in (sink, other):
        each.refuse()
    sender = service.sender(f"{sink.url} {other.url}")
    for _ in range(3):
        sender.send_due(service.sessions)
    attempts = service.rows("SELECT provider, outcome FROM delivery_attempts")
    assert {(a.provider, a.outcome) for a in attempts} == {
        (f"127.0.0.1:{each.port}", "temporary") for each in (sink, other)
    }
    assert len(attempts) == 2 and Counter(row.state for row in service.emails()) == {"pending": 60}
    assert len(carrier(sender).troubles()) == 2
    other.listen()
    for outlet in carrier(sender).outlets.all:
        outlet.hold.until = 0.0
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        sender.send_due(service.sessions)
    assert Counter(row.state for row in service.emails()) == {"sent": 60}
    assert len(other.messages()) == 60 and set(sent(other).values()) == {1}
