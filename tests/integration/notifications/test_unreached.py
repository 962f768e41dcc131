"""Nobody responsible fails to hear: whom no channel reaches is said, once, so that others can be told; and the
others are told once, whatever the order in which things are heard."""

import email
from collections.abc import Sequence
from datetime import timedelta
from email.policy import default
from itertools import permutations
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.notifications.deliveries.returned import note_returned
from services.notifications.deliveries.unreached import say_unreached
from services.notifications.reachability.rules import Bounce, BounceKind
from shared import clock
from shared.contracts.notifications import NOTIFICATION_FAILED, OFFICIAL_UNREACHED
from shared.ids import uuid7
from tests.integration.notifications.conftest import Service, address
from tests.integration.notifications.test_answering import WHY, People
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
REFUSED = "550 5.1.1 no such user"


def refuse(sink: SmtpSink, *people: dict[str, Any]) -> None:
    """The server takes no mail for them."""
    sink.rules(
        *(
            {"stage": "rcpt", "answer": REFUSED, "match": address(each["official_id"]), "times": 10**9}
            for each in people
        )
    )


def said(service: Service) -> list[dict[str, Any]]:
    """Who was said to be out of reach."""
    return [each["data"] for each in service.events(OFFICIAL_UNREACHED)]


def put(service: Service, escalation: UUID, person: dict[str, Any], channel: str, state: str, **more: Any) -> UUID:
    """A further channel of somebody told."""
    values = {"id": uuid7(), "notice": escalation, "official": person["official_id"], "channel": channel}
    values |= {"state": state, "waiting": None, "due": clock.now() + timedelta(hours=1)} | more
    with service.sessions.begin() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO notifications (id, notice_id, official_id, channel, full_name, reasons, created_at, "
            "state, waiting, due_at) VALUES (%(id)s, %(notice)s, %(official)s, %(channel)s, 'An', '[]', now(), "
            "%(state)s, %(waiting)s, CASE WHEN %(state)s = 'pending' THEN %(due)s END)",
            values,
        )
    found: UUID = values["id"]
    return found


def test_a_refused_mailbox_is_said_once(service: Service, sink: SmtpSink, api: FlaskClient) -> None:
    """Together with the failure; the other one, whom mail reaches, is not. The row stays failed, and shows it."""
    an, be = facts.recipient("Nguyễn Văn An"), facts.recipient("Trần Thị Bé")
    refuse(sink, an)
    escalation = service.tell(an, be)
    service.sender(sink.url).send_due(service.sessions)
    (told,) = said(service)
    assert (told["official_id"], told["escalation_id"]) == (str(an["official_id"]), str(escalation))
    assert "550" in told["reason"] and told["to_official_id"] is None
    assert len(service.events(NOTIFICATION_FAILED)) == 1
    with service.sessions.begin() as session:
        say_unreached(session, service.emails())
    assert len(said(service)) == 1
    page = api.get(f"{V1}/notifications?escalation={escalation}&channel=email", headers=bearer()).json or {}
    shown = {each["full_name"]: (each["state"], each["unreached_at"] is None) for each in page["items"]}
    assert shown == {"Nguyễn Văn An": ("failed", False), "Trần Thị Bé": ("sent", True)}


@pytest.mark.parametrize(
    ("state", "waiting", "out_of_reach"),
    [
        ("pending", None, False),
        ("sent", None, False),
        ("failed", None, True),
        ("pending", "no_address", True),
    ],
)
@pytest.mark.parametrize("channel", ["sms", "zalo", "webhook"])
def test_another_channel_may_reach_them(
    service: Service, sink: SmtpSink, channel: str, state: str, waiting: str | None, out_of_reach: bool
) -> None:
    """What has delivered it, or is under way, counts; what failed or has nowhere to go does not."""
    an = facts.recipient()
    refuse(sink, an)
    put(service, service.tell(an), an, channel, state, waiting=waiting)
    service.sender(sink.url).send_due(service.sessions)
    assert bool(said(service)) is out_of_reach


def test_the_last_of_several_says_it(service: Service, sink: SmtpSink) -> None:
    """However many fail at one moment, in transactions that do not see each other: it is said once."""
    an = facts.recipient()
    escalation = service.tell(an)
    rows = [service.emails()[0].id, put(service, escalation, an, "sms", "pending")]
    both = Barrier(2)

    def fail(notification_id: UUID) -> None:
        with service.sessions.begin() as session:
            session.connection().exec_driver_sql(
                "UPDATE notifications SET state = 'failed', due_at = NULL, last_error = 'no' WHERE id = %s",
                (notification_id,),
            )
            found = service.rows("SELECT * FROM notifications WHERE id = :id", id=notification_id)
            both.wait(10)
            say_unreached(session, found)

    threads = [Thread(target=fail, args=(each,)) for each in rows]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert len(said(service)) == 1


@pytest.mark.parametrize("way", ["acknowledgement", "answers"])
def test_who_has_said_something_was_reached(people: People, sink: SmtpSink, way: str) -> None:
    """In the inbox: acknowledged it, or handed it over."""
    refuse(sink, people.an)
    path = f"/notifications/{people.inbox(people.an)[0]['id']}/{way}"
    given = {"answer": "declined", "reason": WHY} if way == "answers" else None
    assert people.call("POST", path, given).status_code == 200
    people.service.sender(sink.url).send_due(people.service.sessions)
    assert said(people.service) == [] and len(people.service.events(NOTIFICATION_FAILED)) == 1


def test_who_has_no_address_is_out_of_reach_at_once(service: Service, sink: SmtpSink) -> None:
    """Said at the first look and not again; the mail goes out all the same when there is an address."""
    an = facts.recipient()
    service.deliver(facts.official_changed(official_id=an["official_id"], email=None))
    service.tell(an, known=False)
    for minutes in (0, 10, 30):
        with clock.frozen(clock.now() + timedelta(minutes=minutes)):
            service.sender(sink.url).send_due(service.sessions)
    (told,) = said(service)
    assert told["reason"] == "no address" and service.emails()[0].state == "pending"
    contact = {"official_id": an["official_id"], "email": address(an["official_id"])}
    service.deliver(facts.official_changed(version=2, **contact))
    service.sender(sink.url).send_due(service.sessions)
    (row,) = service.emails()
    assert row.state == "sent" and row.unreached_at is not None


def test_who_is_not_known_yet_is_waited_for(service: Service, sink: SmtpSink) -> None:
    """As long as the settings say: the contact may be on its way."""
    an = facts.recipient()
    service.tell(an, known=False)
    for minutes, times in ((0, 0), (4, 0), (6, 1), (20, 1)):
        with clock.frozen(clock.now() + timedelta(minutes=minutes)):
            service.sender(sink.url).send_due(service.sessions)
        assert len(said(service)) == times
    assert said(service)[0]["reason"] == "no contact"


def test_mail_that_comes_back_and_addresses_that_take_none(service: Service, sink: SmtpSink) -> None:
    """A bounce says it, also of what was handed over; the next escalation finds the address suppressed."""
    an = facts.recipient()
    service.tell(an)
    service.sender(sink.url).send_due(service.sessions)
    assert said(service) == []
    bounce = Bounce("k", BounceKind.HARD, service.emails()[0].id, None, "5.1.1", "no such user")
    for _ in range(2):
        with service.sessions.begin() as session:
            note_returned(session, [bounce])
    (first,) = said(service)
    assert first["reason"].startswith("came back: 5.1.1")
    service.tell(an, number=2)
    service.sender(sink.url).send_due(service.sessions)
    assert "comes back" in said(service)[1]["reason"]


def test_what_was_handed_over_to_somebody_out_of_reach_goes_back(people: People, sink: SmtpSink) -> None:
    """Whoever handed it over has it again, hears why, by mail and on the page; once."""
    refuse(sink, {"official_id": people.cuc})
    people.say(people.an, "handed_over", reason=WHY, to=str(people.cuc))
    sender = people.service.sender(sink.url)
    for _ in range(2):
        sender.send_due(people.service.sessions)
    (told,) = said(people.service)
    assert (told["full_name"], told["to_full_name"]) == ("Lê Thị Cúc", "Nguyễn Văn An")
    item = people.inbox(people.an, unacknowledged=True)[0]
    assert (item["passed"]["way"], item["passed"]["full_name"]) == ("unreached", "Lê Thị Cúc")
    subjects = [email.message_from_bytes(each, policy=default)["subject"] for each in sink.raw()]
    assert [each for each in subjects if each.endswith("(Lê Thị Cúc: không liên lạc được)")] == subjects[-1:]


def fell(escalation: UUID, by: dict[str, Any], *people: dict[str, Any]) -> Any:
    """It falls from one to others."""
    declined_by = {"official_id": by["official_id"], "full_name": by["full_name"], "reason": "no address"}
    given = {"escalation_id": escalation, "declined_by": declined_by, "way": "unreached", "vacancies": []}
    return facts.rerouted(**given, recipients=list(people))


def told_of(service: Service, *people: dict[str, Any]) -> list[int]:
    """How many mails each was told by."""
    return [
        service.rows(
            "SELECT count(*) FROM notifications WHERE official_id = :id AND channel = 'email'",
            id=each["official_id"],
        )[0][0]
        for each in people
    ]


def test_whom_it_falls_to_is_told_who_was_not_reached(service: Service, sink: SmtpSink) -> None:
    """In both languages, in the mail's subject and text, in words and not in a code."""
    an, be, cuc = (facts.recipient(name) for name in ("Nguyễn Văn An", "Trần Thị Bé", "Lê Thị Cúc"))
    escalation = service.tell(an, number=1)
    contacts = {"vi": be, "en": cuc}
    for language, each in contacts.items():
        contact = {"official_id": each["official_id"], "email": address(each["official_id"]), "language": language}
        service.deliver(facts.official_changed(**contact))
    service.deliver(fell(escalation, an, be, cuc), times=2)
    service.sender(sink.url).send_due(service.sessions)
    mails = {each["to"]: each for each in (email.message_from_bytes(raw, policy=default) for raw in sink.raw())}
    texts = {
        language: next(mails[to] for to in mails if address(each["official_id"]) in to)
        for language, each in contacts.items()
    }
    assert texts["vi"]["subject"].endswith("(Nguyễn Văn An: không liên lạc được)")
    assert texts["en"]["subject"].endswith("(Nguyễn Văn An: not reached)")
    vi, en = (texts[each].get_body(("plain",)).get_content() for each in ("vi", "en"))  # type: ignore[attr-defined]
    assert "Không liên lạc được với Nguyễn Văn An; việc này chuyển đến đồng chí" in vi
    assert "Lý do: chưa có địa chỉ thư" in vi
    assert "Nguyễn Văn An could not be reached; this falls to you" in en and "Reason: no address is known" in en


def test_nobody_is_told_twice_of_it_in_any_order(service: Service) -> None:
    """An and Bé are told; neither is reached; it falls from both to Cúc, and from one to Bé, too: each order, each
    heard twice, in one batch or several, ends the same."""

    def batches(order: Sequence[Any]) -> list[list[Any]]:
        return [list(order), *([each] for each in order)]

    for number, order in enumerate(permutations(range(3))):
        an, be, cuc, dung = (facts.recipient(name) for name in ("An", "Bé", "Cúc", "Dũng"))
        escalation = service.tell(an, be, number=number)
        news = [fell(escalation, an, cuc), fell(escalation, be, cuc), fell(escalation, an, be, dung)]
        for batch in batches([news[each] for each in order])[number % 2 :]:
            service.deliver(*batch)
        assert told_of(service, an, be, cuc, dung) == [1, 1, 1, 1]


def test_the_page_is_in_the_language_that_was_chosen(people: People) -> None:
    """In that of the preferences before that of the contact."""
    notification = people.inbox(people.an)[0]["id"]
    path = f"/notifications/{notification}/acknowledgement"
    assert people.call("POST", path).json["language"] == "vi"
    with people.service.sessions.begin() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO preferences (official_id, language, wishes, version) VALUES (%s, 'en', '{}', 1)",
            (people.an["official_id"],),
        )
    assert people.call("POST", path).json["language"] == "en"


@pytest.fixture
def people(service: Service, api: FlaskClient) -> People:
    """An and Bé, who are told; Cúc and Dũng, who may be."""
    return People(service, api)


def test_what_is_held_back_and_acknowledged_is_not_sent(people: People, sink: SmtpSink) -> None:
    """The row says so; the other's goes out when its time comes, and so does one that was under way already."""
    service = people.service
    with service.sessions.begin() as session:
        session.connection().exec_driver_sql(
            "UPDATE notifications SET due_at = now() + interval '1 hour' WHERE channel = 'email'"
        )
    for _ in range(2):
        people.call("POST", f"/notifications/{people.inbox(people.an)[0]['id']}/acknowledgement")
    states = {row.full_name: (row.state, row.due_at is None) for row in service.emails()}
    assert states == {"Nguyễn Văn An": ("unneeded", True), "Trần Thị Bé": ("pending", False)}
    page = people.call("GET", "/notifications?state=unneeded").json
    assert [each["full_name"] for each in page["items"]] == ["Nguyễn Văn An"]
    with clock.frozen(clock.now() + timedelta(hours=2)):
        service.sender(sink.url).send_due(service.sessions)
    assert [to for to, _, _ in sink.messages()] == [address(people.be["official_id"])]
    assert said(service) == []
