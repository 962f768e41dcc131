"""The sender against a real database and a real SMTP server, in fair weather and foul."""

import email
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries import sender as sender_module
from services.notifications.deliveries.actions import claim_due
from services.notifications.deliveries.provider import smtp_urls
from services.notifications.deliveries.rules import CHUNK
from services.notifications.notices.compose import Letter
from services.notifications.notifications.rules import HELPING, Channel
from services.notifications.worker import make_sender
from shared import clock
from shared.contracts.notifications import NOTIFICATION_FAILED
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.databases import listening
from tests.support.smtp_sink import SmtpSink

OPEN_TRANSACTIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
)
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def people(count: int) -> list[dict[str, Any]]:
    """So many recipients."""
    return [facts.recipient(f"Người Thứ {n}") for n in range(count)]


def states(service: Service) -> Counter[str]:
    """How many e-mails are in which state."""
    return Counter(row.state for row in service.emails())


def test_everybody_gets_exactly_one_mail(service: Service, sink: SmtpSink) -> None:
    """250 due mails go out in chunks over one connection; each row is sent, with one recorded attempt."""
    told = people(250)
    service.tell(*told)
    before = sink.stats()["connections"]
    service.sender(sink.url).send_due(service.sessions)
    assert Counter(to for to, _, _ in sink.messages()) == Counter(address(p["official_id"]) for p in told)
    assert sink.stats()["connections"] == before + 1
    assert states(service) == {"sent": 250} and all(row.attempts == 1 and row.sent_at for row in service.emails())
    attempts = service.rows("SELECT outcome, code, answer, seconds, provider FROM delivery_attempts")
    assert len(attempts) == 250 and {(a.outcome, a.code, a.answer) for a in attempts} == {("sent", 250, "accepted")}
    assert all(0 <= a.seconds < 60 and a.provider == f"127.0.0.1:{sink.port}" for a in attempts)


def test_the_mail_is_the_notification(service: Service, sink: SmtpSink) -> None:
    """What arrives is addressed to the person, in their language, with a link that names their notification."""
    person = facts.recipient("Trần Thị Mỹ Dung")
    contact = facts.official_changed(official_id=person["official_id"], email="dung@bentre.example", language="en")
    service.deliver(contact)
    service.tell(person, known=False)
    service.sender(sink.url).send_due(service.sessions)
    message = email.message_from_bytes(sink.raw()[0], policy=default)
    assert isinstance(message, EmailMessage)
    (row,) = service.emails()
    assert str(message["To"]) == "Trần Thị Mỹ Dung <dung@bentre.example>"
    assert message["Message-ID"] == f"<{row.id}@caunoi.example>" and message["Content-Language"] == "en"
    part = message.get_body(("plain",))
    assert part is not None
    link = next(line for line in part.get_content().splitlines() if line.startswith("http"))
    page, token = link.rsplit("/", 1)
    assert page == "http://caunoi.example/xac-nhan"
    assert Tokens(service.settings.secret_key).read(token)[0] == row.id


@pytest.mark.parametrize(("count", "calls"), [(CHUNK - 1, 0), (CHUNK + 1, 1)])
def test_help_is_called_when_there_is_more_than_a_chunk(
    service: Service, sink: SmtpSink, count: int, calls: int
) -> None:
    """By who is woken at every commit; who is called does the same work and calls nobody."""
    sender = make_sender(replace(service.settings, smtp=smtp_urls(sink.url)), helped=HELPING)
    sender.send_due(service.sessions)
    service.tell(facts.recipient())
    sender.send_due(service.sessions)  # until the server has taken one mail, it gets no more than that
    service.tell(*people(count), number=2)
    with listening(service.sessions, HELPING) as heard:
        sender.send_due(service.sessions)
        assert heard() == calls
    assert states(service) == {"sent": count + 1}
    sender.close()


def test_nothing_due_is_nothing_done(service: Service, sink: SmtpSink) -> None:
    """Without due mail the server is not even called."""
    before = sink.stats()["connections"]
    service.sender(sink.url).send_due(service.sessions)
    assert sink.stats()["connections"] == before


def test_the_oldest_goes_first(service: Service, sink: SmtpSink) -> None:
    """Mail leaves in the order in which it became due."""
    first, second = people(2)
    with clock.frozen(NOW):
        service.tell(second)
    with clock.frozen(NOW - timedelta(hours=1)):
        service.tell(first)
    service.sender(sink.url).send_due(service.sessions)
    assert [to for to, _, _ in sink.messages()] == [address(p["official_id"]) for p in (first, second)]


def test_a_temporary_refusal_is_tried_again_later(service: Service, sink: SmtpSink) -> None:
    """Greylisted: the row is due again after some seconds, not before; both attempts are on record."""
    service.tell(*people(1))
    sink.rules({"stage": "rcpt", "answer": "451 4.7.1 greylisted", "times": 1})
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    (row,) = service.emails()
    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "RCPT: 451 4.7.1 greylisted")
    sender.send_due(service.sessions)
    assert sink.messages() == []
    with clock.frozen(row.due_at + timedelta(seconds=1)):
        sender.send_due(service.sessions)
    assert states(service) == {"sent": 1} and len(sink.messages()) == 1
    attempts = service.rows("SELECT outcome, code FROM delivery_attempts ORDER BY id")
    assert [tuple(a) for a in attempts] == [("temporary", 451), ("sent", 250)]


def test_a_permanent_refusal_fails_at_once_and_is_told(service: Service, sink: SmtpSink) -> None:
    """One unknown mailbox fails visibly with the server's words and one event; the others get their mail."""
    told = people(3)
    escalation_id = service.tell(*told)
    sink.rules({"stage": "rcpt", "answer": "550 5.1.1 no such user", "match": address(told[1]["official_id"])})
    service.sender(sink.url).send_due(service.sessions)
    assert states(service) == {"sent": 2, "failed": 1}
    (event,) = service.events(NOTIFICATION_FAILED)
    (row,) = service.rows("SELECT * FROM notifications WHERE state = 'failed'")
    (notice,) = service.rows("SELECT * FROM notices")
    data = event["data"]
    assert (
        data["notification_id"] == event["subject"] == str(row.id) and event["subjectversion"] == row.version == 2
    )
    assert data["escalation_id"] == str(escalation_id) and data["issue_id"] == str(notice.issue_id)
    assert (data["full_name"], data["channel"]) == (told[1]["full_name"], "email")
    assert data["reason"] == "RCPT: 550 5.1.1 no such user"
    assert event["correlationid"] == notice.correlation_id


def test_a_malformed_address_fails_without_a_word_to_the_server(service: Service, sink: SmtpSink) -> None:
    """An address that could smuggle a command is never written to the connection."""
    bad, good = people(2)
    service.deliver(facts.official_changed(official_id=bad["official_id"], email="a@b\r\nRCPT TO:<x@y.example>"))
    service.deliver(facts.official_changed(official_id=good["official_id"], email="good@b.example"))
    service.tell(bad, good, known=False)
    service.sender(sink.url).send_due(service.sessions)
    assert [to for to, _, _ in sink.messages()] == ["good@b.example"]
    (row,) = service.rows("SELECT * FROM notifications WHERE state = 'failed'")
    assert row.last_error == "the e-mail address is malformed"


@pytest.mark.parametrize(
    "trouble", ["refused", "greeting hangs", "envelope hangs", "content hangs", "no login", "421"]
)
def test_trouble_with_the_provider_costs_one_attempt_and_then_rest(
    service: Service, sink: SmtpSink, trouble: str
) -> None:
    """Of 50 due mails one is tried; the others keep their place, and the provider is left alone for a while."""
    service.tell(*people(50))
    rules = {
        "refused": [],
        "greeting hangs": [{"stage": "connect", "answer": "hang"}],
        "envelope hangs": [{"stage": "rcpt", "answer": "hang"}],
        "content hangs": [{"stage": "content", "answer": "hang"}],
        "no login": [{"stage": "mail", "answer": "530 5.7.0 authentication required"}],
        "421": [{"stage": "content", "answer": "421 4.3.2 shutting down"}],
    }[trouble]
    sink.rules(*rules)
    if trouble == "refused":
        sink.refuse()
    sender = service.sender(sink.url, timeout=1.0 if "hangs" in trouble else 10.0)
    for _ in range(3):
        sender.send_due(service.sessions)  # the second and third find the provider on hold
    assert (
        sum(row.attempts for row in service.emails()) == 1 == len(service.rows("SELECT 1 FROM delivery_attempts"))
    )
    assert states(service) == {"pending": 50} and sink.messages() == []
    assert [a.outcome for a in service.rows("SELECT outcome FROM delivery_attempts")] == ["temporary"]


def test_when_the_provider_is_back_everything_goes_out(service: Service, sink: SmtpSink) -> None:
    """After the rest one mail probes, then all others follow; nothing is lost and nothing is sent twice."""
    service.tell(*people(120))
    sink.refuse()
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    sink.listen()
    sender.carrier.outlets.all[0].hold.until = 0.0
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        sender.send_due(service.sessions)
    assert states(service) == {"sent": 120}
    assert set(Counter(message_id for _, message_id, _ in sink.messages()).values()) == {1}


def test_a_repeat_after_an_unheard_acceptance_has_the_same_message_id(service: Service, sink: SmtpSink) -> None:
    """The server took the mail and vanished: we cannot know, so it goes out again, marked as the same."""
    service.tell(*people(1))
    sink.rules({"stage": "content", "answer": "accept-drop", "times": 1})
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    assert states(service) == {"pending": 1}
    sender.carrier.outlets.all[0].hold.until = 0.0
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        sender.send_due(service.sessions)
    first, second = sink.messages()
    assert first[:2] == second[:2] and states(service) == {"sent": 1}


def test_a_day_of_refusals_ends_in_one_visible_failure(service: Service, sink: SmtpSink) -> None:
    """Tried ever more rarely for a day, then failed with one event; the longest silence is about two hours."""
    with clock.frozen(NOW):
        service.tell(*people(1))
    sink.rules({"stage": "rcpt", "answer": "452 4.2.2 mailbox full", "times": 10**6})
    sender = service.sender(sink.url)
    tried, now = [], NOW
    while service.emails()[0].state == "pending" and now < NOW + timedelta(days=2):
        with clock.frozen(now):
            sender.send_due(service.sessions)
        tried.append(now)
        now = service.emails()[0].due_at or now
    (row,) = service.emails()
    assert (row.state, row.due_at) == ("failed", None) and row.attempts == len(tried) >= 18
    assert timedelta(hours=21) < tried[-1] - NOW <= timedelta(days=1)
    assert max(b - a for a, b in pairwise(tried)) <= timedelta(hours=2.5)
    assert len(service.events(NOTIFICATION_FAILED)) == 1


def test_a_killed_sender_s_mail_is_due_again_after_its_lease(service: Service, sink: SmtpSink) -> None:
    """What was claimed by a process that died is left alone for the lease, then sent by another."""
    with clock.frozen(NOW):
        service.tell(*people(5))
        with service.sessions.begin() as session:
            claimed = claim_due(session, Channel.EMAIL, limit=100, now=clock.now(), lease=sender_module.LEASE)
    assert len(claimed) == 5
    for later, sent in ((timedelta(seconds=59), 0), (timedelta(seconds=61), 5)):
        with clock.frozen(NOW + later):
            service.sender(sink.url).send_due(service.sessions)
        assert len(sink.messages()) == sent


def test_two_senders_never_take_the_same_mail(service: Service) -> None:
    """While one holds its claim uncommitted another takes the next rows at once, without waiting."""
    service.tell(*people(6))
    with service.sessions() as one, service.sessions() as other:
        first = claim_due(one, Channel.EMAIL, limit=3, now=clock.now(), lease=sender_module.LEASE)
        second = claim_due(other, Channel.EMAIL, limit=100, now=clock.now(), lease=sender_module.LEASE)
        assert len(first) == len(second) == 3 and not {r.id for r in first} & {r.id for r in second}


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    service: Service, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow mail server holds no lock and no snapshot: while mail is sent, every database connection is idle."""
    seen = []
    addressed = Letter.addressed

    def look(self: Letter, *args: Any) -> bytes:
        with service.sessions() as session:
            seen.append(session.execute(text(OPEN_TRANSACTIONS)).scalar_one())
        return addressed(self, *args)

    service.tell(*people(3))
    monkeypatch.setattr(Letter, "addressed", look)
    service.sender(sink.url).send_due(service.sessions)
    assert seen == [1, 1, 1]  # the one that looks


def test_a_mail_that_cannot_be_composed_does_not_hold_up_the_others(
    service: Service, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in a template concerns one message, which is tried again later: a newer version may know better."""
    addressed = Letter.addressed

    def broken(self: Letter, to: Any, date: datetime) -> bytes:
        if to.full_name == "Người Thứ 1":
            raise KeyError("post_name_xx")
        return addressed(self, to, date)

    service.tell(*people(3))
    monkeypatch.setattr(Letter, "addressed", broken)
    service.sender(sink.url).send_due(service.sessions)
    assert states(service) == {"sent": 2, "pending": 1}
    (row,) = service.rows("SELECT * FROM notifications WHERE channel = 'email' AND state = 'pending'")
    assert "cannot be composed" in row.last_error and row.attempts == 1


def test_what_was_sent_is_recorded_even_if_the_database_blinks(
    service: Service, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of the database between acceptance and record costs a moment and no second mail."""
    record, calls = sender_module.record_settled, []

    def blinking(*args: Any) -> Any:
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection"))
        return record(*args)

    service.tell(*people(4))
    monkeypatch.setattr(sender_module, "record_settled", blinking)
    service.sender(sink.url).send_due(service.sessions)
    assert states(service) == {"sent": 4} and len(sink.messages()) == 4


def test_a_sender_that_is_told_to_end_gives_back_what_it_has_not_sent(
    service: Service, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On shutdown in mid-chunk the accepted mail is recorded and the rest is due at once, not after a lease."""
    addressed = Letter.addressed

    def interrupted(self: Letter, to: Any, date: datetime) -> bytes:
        if to.full_name == "Người Thứ 5":
            raise SystemExit
        return addressed(self, to, date)

    service.tell(*people(10))
    monkeypatch.setattr(Letter, "addressed", interrupted)
    with pytest.raises(SystemExit):
        service.sender(sink.url).send_due(service.sessions)
    monkeypatch.undo()
    recorded = states(service)["sent"]
    service.sender(sink.url).send_due(service.sessions)
    assert states(service) == {"sent": 10} and 1 <= recorded <= 5
    # What was under way at that moment may have been accepted: at most that one goes out again.
    assert len(sink.messages()) <= 11


def test_a_slow_server_never_outlasts_the_lease(service: Service, sink: SmtpSink) -> None:
    """When the time of a chunk is up the rest is given back before the lease ends, and taken up again."""
    service.tell(*people(30))
    sender = service.sender(sink.url)
    sender._budget = 0.0
    sender.send_chunk(service.sessions)
    assert states(service)["sent"] <= 2 and sum(row.attempts for row in service.emails()) <= 2
    sender._budget = 10.0
    sender.send_due(service.sessions)
    assert states(service) == {"sent": 30} and len(sink.messages()) == 30


def test_only_a_chunk_that_came_to_its_end_is_a_sign_of_life(service: Service, sink: SmtpSink) -> None:
    """A sender that dies of every chunk does not look alive; one that records it does."""
    beats: list[str] = []
    service.tell(facts.recipient())
    sender = make_sender(
        replace(service.settings, smtp=smtp_urls(sink.url)), beat=lambda session: beats.append("x")
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sender.carrier, "parcels", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sender.send_due(service.sessions)
    assert beats == []
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        sender.send_due(service.sessions)
    assert beats == ["x"] and service.emails()[0].state == "sent"
    sender.close()
