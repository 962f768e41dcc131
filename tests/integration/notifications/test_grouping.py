"""Many notices, few messages, nothing hidden: storms, digests, and the links of grouped mail."""

import email
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from services.notifications.acknowledgements.tokens import Tokens
from shared import clock
from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED
from shared.ids import uuid7
from tests.integration.notifications.conftest import Service, address
from tests.integration.notifications.test_preferences import NIGHT, NIGHTS, telling, wish
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import PUBLIC_URL

API = "/api/notifications/v1"
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def reminded(person: dict[str, Any], **changes: Any) -> Any:
    """A reminder of one person."""
    return facts.reminded(recipients=[{name: person[name] for name in ("official_id", "full_name")}], **changes)


def storm(service: Service, person: dict[str, Any], count: int, *, together: bool, **issue: Any) -> None:
    """So many escalations of one commune to one person: in one batch, or each in its own."""
    severities = ("normal", "high", "critical", "low")
    news = [
        facts.routed(
            number,
            recipients=[person],
            issue=facts.issue_facts(number, severity=severities[number % 4], title=f"Việc số {number}", **issue),
        )
        for number in range(count)
    ]
    for batch in [news] if together else [[new] for new in news]:
        service.deliver(*batch)


def mails(sink: SmtpSink) -> list[EmailMessage]:
    """What arrived, parsed."""
    found = [email.message_from_bytes(raw, policy=default) for raw in sink.raw()]
    assert all(isinstance(each, EmailMessage) and not each.defects for each in found)
    return found  # type: ignore[return-value]


def body(message: EmailMessage, kind: str = "plain") -> str:
    """One of the two bodies."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def send(service: Service, sink: SmtpSink, at: datetime) -> None:
    """Work off what is due at that time."""
    with clock.frozen(at):
        service.sender(sink.url).send_due(service.sessions)


def known(service: Service) -> dict[str, Any]:
    """A person whose address is known."""
    person = facts.recipient()
    service.deliver(facts.official_changed(official_id=person["official_id"], email=address(person["official_id"])))
    return person


def test_fifty_issues_of_one_commune_become_three_mails_and_one_that_lists_the_rest(
    service: Service, sink: SmtpSink
) -> None:
    """The first go at once, the critical ones before others; the last mail lists every other one, gravest first."""
    person = known(service)
    with clock.frozen(NOW):
        storm(service, person, 50, together=True)
    send(service, sink, NOW)
    at_once = mails(sink)
    assert len(at_once) == 3 and all("Khẩn cấp" in str(each["Subject"]) for each in at_once)
    send(service, sink, NOW + timedelta(seconds=119))
    assert len(mails(sink)) == 3
    send(service, sink, NOW + timedelta(seconds=120))
    (rest,) = mails(sink)[3:]
    text_body, html = body(rest), body(rest, "html")
    assert str(rest["Subject"]).startswith("[47 vấn đề]") and rest["Importance"] == "high"
    assert rest["List-Unsubscribe"] is None
    told = {code for each in at_once for code in [str(each["Subject"])[1:15]]}
    for number in range(50):
        code = f"BT-2026-{number:06d}"
        assert (code in text_body) == (code in html) == (code not in told)
    assert text_body.index("Khẩn cấp: ") < text_body.index("Cao: ") < text_body.index("Thấp: ")
    assert text_body.count(f"{PUBLIC_URL}/xac-nhan/") == 47
    rows = service.emails()
    assert Counter(row.state for row in rows) == {"sent": 50} and all(row.attempts == 1 for row in rows)
    assert len(service.rows("SELECT DISTINCT bundle FROM notifications WHERE bundle IS NOT NULL")) == 1
    assert len({row.sent_at for row in rows if row.bundle}) == 1


def test_one_after_the_other_they_join_what_is_gathered(service: Service, sink: SmtpSink) -> None:
    """The fourth within ten minutes opens a window; what comes until it closes goes along, what comes after opens
    another; ten quiet minutes later the next goes at once."""
    person = known(service)
    for minute in range(6):
        with clock.frozen(NOW + timedelta(minutes=minute)):
            storm(service, person, 1, together=False)
    due = [(row.due_at - NOW).total_seconds() / 60 for row in service.emails()]
    assert due == [0, 1, 2, 5, 5, 7]  # at minute 5 the first window is closing
    with clock.frozen(NOW + timedelta(minutes=16)):
        storm(service, person, 1, together=False)
    assert service.emails()[-1].due_at == NOW + timedelta(minutes=16)


def test_a_storm_is_one_officials_and_one_communes(service: Service) -> None:
    """Others are told at once, also of that commune; and of another commune the same person is."""
    first, second = known(service), known(service)
    with clock.frozen(NOW):
        storm(service, first, 5, together=False)
        storm(service, second, 1, together=False)
        storm(service, first, 1, together=False, unit_path="83/830/28800/")
    at_once = Counter(row.official_id for row in service.emails() if row.due_at == NOW)
    assert at_once == {first["official_id"]: 4, second["official_id"]: 1}


def test_a_refused_grouped_mail_is_tried_again_as_the_same_message(service: Service, sink: SmtpSink) -> None:
    """Greylisted: all its rows wait, one attempt each is on record, and the repeat has the same Message-ID."""
    person = known(service)
    with clock.frozen(NOW):
        storm(service, person, 10, together=True)
    send(service, sink, NOW)
    sink.clear()
    sink.rules({"stage": "content", "answer": "451 4.7.1 try later", "times": 1})
    send(service, sink, NOW + timedelta(minutes=2))
    waiting = [row for row in service.emails() if row.bundle]
    assert len(waiting) == 7 and {(row.state, row.attempts) for row in waiting} == {("pending", 1)}
    assert mails(sink) == []
    first = min(row.due_at for row in waiting)
    send(service, sink, first)
    (mail,) = mails(sink)
    assert str(mail["Subject"]).startswith("[7 vấn đề]")
    assert {(row.state, row.attempts) for row in service.emails() if row.bundle} == {("sent", 2)}


def test_what_is_held_back_over_night_comes_as_one_mail_in_the_morning(service: Service, sink: SmtpSink) -> None:
    """Escalations held by quiet hours and reminders of the digest: two mails, for what must be done and what may be
    done without; only the latter can be unsubscribed from."""
    person = known(service)
    wish(service, person["official_id"], quiet_hours=NIGHTS, telling=telling("digest"), digest_times=["07:30"])
    with clock.frozen(NIGHT):
        for number, severity in enumerate(("normal", "high")):
            service.deliver(
                facts.routed(number, recipients=[person], issue=facts.issue_facts(number, severity=severity))
            )
        service.deliver(reminded(person), reminded(person, title_vi="Báo cáo quá hạn"))
    send(service, sink, NIGHT + timedelta(hours=8, minutes=59))
    assert mails(sink) == []
    send(service, sink, NIGHT + timedelta(hours=9))
    matters, notes = sorted(mails(sink), key=lambda each: str(each["Subject"]), reverse=True)
    if "vấn đề" not in str(matters["Subject"]):
        matters, notes = notes, matters
    assert str(matters["Subject"]).startswith("[2 vấn đề]") and matters["List-Unsubscribe"] is None
    assert str(notes["Subject"]) == "[Bản tin] 2 thông báo, 03/03/2026"
    assert "Đã quá hạn đi cơ sở" in body(notes) and "Báo cáo quá hạn" in body(notes)
    assert notes["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(notes["List-Unsubscribe"]).startswith(f"<{PUBLIC_URL}/huy-nhan/")
    assert Counter(row.state for row in service.emails()) == {"sent": 4}


def test_a_reminder_with_another_id_is_the_same_fact(service: Service) -> None:
    """The same kind, subject and day: nobody is told twice, and a third person is told, too."""
    first, second = facts.recipient(), facts.recipient()
    one = reminded(first)
    again = reminded(first, subject_id=one.data["subject_id"])
    third = reminded(second, subject_id=one.data["subject_id"])
    other_day = reminded(first, subject_id=one.data["subject_id"], day=one.data["day"] + timedelta(days=1))
    service.deliver(one)
    service.deliver(again, third)
    assert len(service.emails()) == 2
    service.deliver(other_day)
    assert len(service.emails()) == 3


def link(message: EmailMessage, page: str) -> str:
    """The token of the first link to a page."""
    return next(
        word.rsplit("/", 1)[1] for word in body(message).split() if word.startswith(f"{PUBLIC_URL}/{page}/")
    )


def test_all_of_a_storm_is_acknowledged_with_one_button(service: Service, sink: SmtpSink, api: FlaskClient) -> None:
    """Reading changes nothing; the button acknowledges each listed one once and tells it once; again, nothing."""
    person = known(service)
    with clock.frozen(NOW):
        storm(service, person, 6, together=True)
    send(service, sink, NOW + timedelta(minutes=2))
    (mail,) = [each for each in mails(sink) if "[3 vấn đề]" in str(each["Subject"])]
    path = f"{API}/bundle-acknowledgements/{link(mail, 'xac-nhan-tat-ca')}"
    with clock.frozen(NOW + timedelta(minutes=5)):
        shown = api.get(path)
        assert shown.status_code == 200 and len(shown.json["items"]) == 3
        assert {each["acknowledged_at"] for each in shown.json["items"]} == {None}
        assert service.events(NOTIFICATION_ACKNOWLEDGED) == []
        for _ in range(2):
            answer = api.post(path)
            assert answer.status_code == 200 and all(each["acknowledged_at"] for each in answer.json["items"])
    assert len(service.events(NOTIFICATION_ACKNOWLEDGED)) == 3
    acknowledged = "SELECT count(*) FROM notifications WHERE acknowledged_at IS NOT NULL"
    assert service.rows(acknowledged)[0][0] == 6  # of three notices, over both channels
    for token in ("nonsense", link(mail, "xac-nhan")):  # the link of one is good for that one only
        assert api.post(f"{API}/bundle-acknowledgements/{token}").status_code == 404
    with clock.frozen(NOW + timedelta(days=31)):
        assert api.get(path).status_code == 410


def test_unsubscribing_ends_digests_of_what_is_optional_and_nothing_else(
    service: Service, sink: SmtpSink, api: FlaskClient
) -> None:
    """Reading the page unsubscribes nobody; the button does. Escalations go on, also those that wait for a digest;
    reminders stay in the inbox."""
    person = known(service)
    wish(service, person["official_id"], telling=telling("digest"))
    with clock.frozen(NIGHT):
        service.deliver(reminded(person))
    send(service, sink, NIGHT + timedelta(hours=9))
    (mail,) = mails(sink)
    path = f"{API}/unsubscriptions/{str(mail['List-Unsubscribe']).strip('<>').rsplit('/', 1)[1]}"
    assert api.get(path).json == {"subscribed": True, "language": "vi"}
    assert api.get(path).json["subscribed"] and not api.post(path).json["subscribed"]
    assert not api.post(path).json["subscribed"]
    (row,) = service.rows("SELECT version, changed_by, wishes FROM preferences")
    assert (row.version, row.changed_by, row.wishes["optional_digest"]) == (2, "link", False)
    before = len(service.emails())
    service.deliver(reminded(person))
    assert len(service.emails()) == before
    service.tell(person, issue=facts.issue_facts(severity="low"), known=False)
    assert len(service.emails()) == before + 1
    assert len(service.rows("SELECT 1 FROM notifications WHERE channel = 'inapp'")) == 3
    assert (
        api.post(f"{API}/unsubscriptions/{Tokens(service.settings.secret_key).issue(uuid7())}").status_code == 404
    )


def test_everybody_s_night_is_one_mail_each(service: Service, sink: SmtpSink) -> None:
    """However many rows a chunk would take: ten people, eighty things each that waited for the morning."""
    people = [known(service) for _ in range(10)]
    for person in people:
        wish(service, person["official_id"], quiet_hours=NIGHTS)
    names = [{name: person[name] for name in ("official_id", "full_name")} for person in people]
    with clock.frozen(NIGHT):
        service.deliver(*(facts.reminded(recipients=names) for _ in range(80)))
    send(service, sink, NIGHT + timedelta(hours=9))
    assert [str(each["Subject"]) for each in mails(sink)] == ["[Bản tin] 80 thông báo, 03/03/2026"] * 10
    assert Counter(row.state for row in service.emails()) == {"sent": 800}


def test_a_claim_takes_a_bundle_whole(service: Service, sink: SmtpSink) -> None:
    """Also when the chunk is smaller: a carrier that probes with one row sends the whole message."""
    person = known(service)
    with clock.frozen(NOW):
        storm(service, person, 30, together=True)
    send(service, sink, NOW)
    sink.clear()
    with service.sessions.begin() as session:
        session.execute(
            text("UPDATE notifications SET due_at = due_at + interval '1 hour' WHERE bundle IS NOT NULL")
        )
        session.execute(
            text(
                "UPDATE notifications SET due_at = due_at - interval '1 hour' WHERE id = "
                "(SELECT min(CAST(id AS text))::uuid FROM notifications WHERE bundle IS NOT NULL)"
            )
        )
    send(service, sink, NOW + timedelta(minutes=2))
    (mail,) = mails(sink)
    assert str(mail["Subject"]).startswith("[27 vấn đề]")
