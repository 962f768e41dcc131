"""Mail that comes back: read over IMAP or told by a provider; addresses suppressed, officials out of reach told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from services.notifications.app import create_app
from services.notifications.deliveries.returned import note_returned
from services.notifications.reachability.mailbox import BounceReader, imap_url
from services.notifications.webhooks.rules import new_secret
from shared import clock
from shared.contracts.notifications import CONTACT_CHANGED, NOTIFICATION_FAILED
from tests.integration.notifications.conftest import Service, address
from tests.support import facts, tokens
from tests.support.imap_server import ImapServer
from tests.support.smtp_sink import SmtpSink

V1 = "/api/notifications/v1"
SECRET = new_secret()


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """The mailbox of bounces."""
    with ImapServer() as server:
        yield server


@pytest.fixture
def provider(service: Service) -> Iterator[FlaskClient]:
    """The API as a provider reaches it."""
    app = create_app(replace(service.settings, bounce_secret=SECRET))
    tokens.trust(service.sessions)
    yield app.test_client()
    app.sessions.kw["bind"].dispose()


def reader(service: Service, url: str) -> BounceReader:
    """What reads the mailbox for the service."""

    def note(bounces: list[Any]) -> None:
        with service.sessions.begin() as session:
            note_returned(session, bounces)

    return BounceReader(imap_url(url), note, timeout=20.0)


def report(
    sent: bytes, recipient: str, status: str = "5.1.1", action: str = "failed", *, headers_only: bool = True
) -> bytes:
    """A delivery report as Postfix writes it, about a mail that was sent."""
    original = sent.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if headers_only else sent
    kind = b"text/rfc822-headers" if headers_only else b"message/rfc822"
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: bounces@caunoi.example\r\nSubject: Undelivered Mail\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n"
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        + f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n".encode()
        + f"Diagnostic-Code: smtp; 550 {status} no such\r\n  user here\r\n\r\n--B\r\nContent-Type: ".encode()
        + kind
        + b"\r\n\r\n"
        + original
        + b"\r\n--B--\r\n"
    )


def sent_to(service: Service, sink: SmtpSink, person: dict[str, Any], number: int = 1) -> bytes:
    """Tell somebody of an issue of some commune; the mail as it was accepted."""
    service.tell(person, number=number, issue=facts.issue_facts(number, unit_path=f"83/829/{number}/"))
    service.sender(sink.url).send_due(service.sessions)
    return sink.raw()[-1]


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_hard_bounce_fails_aloud_and_suppresses_the_address(
    service: Service, sink: SmtpSink, imap: ImapServer, headers_only: bool
) -> None:
    """The report is matched by our Message-ID: the row fails, its escalation is told, the address gets no more
    mail, assignments hears that the official is out of reach. The same report again changes nothing."""
    person = facts.recipient()
    mail = sent_to(service, sink, person)
    to = address(person["official_id"])
    for _ in range(2):
        imap.put(report(mail, to, headers_only=headers_only))
    imap.put(b"Subject: hello\r\n\r\nno report\r\n")
    imap.put(report(mail, to, "4.4.1", "delayed"))
    assert reader(service, imap.url).poll() == 4 and imap.seen == {1, 2, 3, 4}
    assert reader(service, imap.url).poll() == 0
    (row,) = service.emails()
    assert (row.state, row.last_error) == ("failed", "came back: 5.1.1 550 5.1.1 no such user here")
    (failed,) = service.events(NOTIFICATION_FAILED)
    assert failed["data"]["notification_id"] == str(row.id) and failed["data"]["reason"] == row.last_error
    (told,) = service.events(CONTACT_CHANGED)
    assert told["data"] == {"official_id": str(person["official_id"]), "reachable": False, "reason": "bounced"}
    (listed,) = service.rows("SELECT address, trouble, lifted_at FROM suppressions")
    assert tuple(listed) == (to, "bounced", None)
    accepted = len(sink.messages())
    service.tell(person, number=2)
    service.sender(sink.url).send_due(service.sessions)
    assert len(sink.messages()) == accepted and service.emails()[-1].state == "failed"
    assert "comes back" in service.emails()[-1].last_error and len(service.events(NOTIFICATION_FAILED)) == 2


def test_a_mail_that_was_acknowledged_has_not_failed(service: Service, sink: SmtpSink, imap: ImapServer) -> None:
    """Who has seen it has seen it; the address is suppressed all the same."""
    person = facts.recipient()
    mail = sent_to(service, sink, person)
    with service.sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE notifications SET acknowledged_at = now()")
    imap.put(report(mail, address(person["official_id"])))
    reader(service, imap.url).poll()
    assert service.emails()[0].state == "sent" and service.events(NOTIFICATION_FAILED) == []
    assert len(service.rows("SELECT 1 FROM suppressions")) == 1


def test_soft_bounces_are_counted(service: Service, sink: SmtpSink, imap: ImapServer) -> None:
    """A full mailbox fails that mail only; five in a week make the address a failing one."""
    person = facts.recipient()
    for number in range(1, 6):
        assert service.rows("SELECT 1 FROM suppressions") == []
        imap.put(report(sent_to(service, sink, person, number), address(person["official_id"]), "5.2.2"))
        reader(service, imap.url).poll()
    assert [row.state for row in service.emails()] == ["failed"] * 5
    (event,) = service.events(CONTACT_CHANGED)
    assert event["data"]["reason"] == "failing"


def test_nobody_is_suppressed_by_a_report_about_nothing(service: Service, imap: ImapServer, sink: SmtpSink) -> None:
    """Whoever writes to the mailbox may claim anything: without a Message-ID of ours it is not believed."""
    person = facts.recipient()
    sent_to(service, sink, person)
    forged = b"Message-ID: <1@evil.example>\r\nTo: x\r\n\r\n"
    imap.put(report(forged, address(person["official_id"])))
    imap.put(b"Content-Type: multipart/report; boundary=\xff\r\n\r\n--\x00\r\n")
    assert reader(service, imap.url).poll() == 2
    assert service.rows("SELECT 1 FROM bounces") == [] and service.emails()[0].state == "sent"


def test_trouble_with_the_mailbox_is_for_the_operator(service: Service, imap: ImapServer) -> None:
    """A wrong password or folder is kept as trouble, not raised."""
    for url in (imap.url.replace("secret", "wrong"), imap.url.replace("INBOX", "other"), "imap://a:b@127.0.0.1:1/"):
        found = reader(service, url)
        assert found.poll_due() and found.trouble
    good = reader(service, imap.url)
    assert good.poll_due() and not good.trouble and not good.poll_due()


def post(client: FlaskClient, body: dict[str, Any], secret: str = SECRET, **headers: str) -> Any:
    """A report of a provider."""
    raw, now = json.dumps(body), clock.now()
    signed = {
        "webhook-id": "r1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("r1", now, raw),
        "Content-Type": "application/json",
    }
    return client.post(f"{V1}/bounces", data=raw, headers=signed | headers)


def test_a_provider_tells_of_a_bounce_signed(service: Service, sink: SmtpSink, provider: FlaskClient) -> None:
    """Believed with the right signature only; lifting the suppression lets mail through and tells assignments."""
    person = facts.recipient()
    sent_to(service, sink, person)
    (row,) = service.emails()
    body = {"id": "e1", "kind": "hard", "message_id": f"<{row.id}@caunoi.example>", "status": "5.1.1"}
    for answer in (
        post(provider, body, secret=new_secret()),
        post(provider, body, **{"webhook-timestamp": "1700000000"}),
        provider.post(f"{V1}/bounces", json=body),
    ):
        assert answer.status_code == 403
    assert post(provider, body | {"kind": "odd"}).status_code == 422
    assert post(provider, {"id": "e1", "kind": "hard"}).status_code == 422
    assert service.emails()[0].state == "sent"
    assert post(provider, body).status_code == 204 and post(provider, body).status_code == 204
    assert service.emails()[0].state == "failed"
    (listed,) = provider.get(f"{V1}/suppressions", headers=tokens.bearer()).json["items"]  # type: ignore[index]
    assert listed["address"] == address(person["official_id"]) and listed["detail"] == "5.1.1"
    path = f"{V1}/suppressions/{listed['id']}"
    reason = {"reason": "Hộp thư đã mở lại"}
    assert provider.post(f"{path}/lift", json=reason, headers=tokens.bearer()).status_code == 428
    match = tokens.bearer() | {"If-Match": '"1"'}
    lifted = provider.post(f"{path}/lift", json=reason, headers=match)
    assert (
        lifted.status_code == 200 and lifted.json is not None and lifted.json["lifted_because"] == reason["reason"]
    )
    assert provider.get(f"{V1}/suppressions", headers=tokens.bearer()).json["items"] == []  # type: ignore[index]
    changes = [(each["data"]["reachable"], each["subjectversion"]) for each in service.events(CONTACT_CHANGED)]
    assert changes == [(False, 1), (True, 2)]
    sent_to(service, sink, person, 2)
    assert service.emails()[-1].state == "sent"


def test_an_official_without_address_is_told_of_before_it_matters(service: Service) -> None:
    """As soon as the contact is known; told once, and taken back when an address comes."""
    first = facts.official_changed(1, email=None)
    official = first.data["official_id"]
    service.deliver(first, facts.official_changed(), times=2)
    service.deliver(facts.official_changed(2, official_id=official, email="an@bentre.example"))
    service.deliver(facts.official_changed(3, official_id=official, email=None, active=False))
    told = [(each["data"]["official_id"], each["data"]["reason"]) for each in service.events(CONTACT_CHANGED)]
    assert told == [(str(official), "no_address"), (str(official), None)]


def test_old_soft_bounces_are_forgotten(service: Service, sink: SmtpSink, imap: ImapServer) -> None:
    """Only those of a week count."""
    person = facts.recipient()
    mails = [sent_to(service, sink, person, number) for number in range(1, 6)]
    for number, mail in enumerate(mails):
        imap.put(report(mail, address(person["official_id"]), "4.2.2"))
        with clock.frozen(clock.now() + timedelta(days=2 * number)):
            reader(service, imap.url).poll()
    assert len(service.rows("SELECT 1 FROM bounces")) == 5 and service.rows("SELECT 1 FROM suppressions") == []
