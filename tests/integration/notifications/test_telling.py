"""From facts to rows: contacts, notices and notifications."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, text

from services import notifications
from services.notifications.database import Base
from services.notifications.deliveries.rules import GIVE_UP_AFTER
from services.notifications.handlers import AT_ONCE, HANDLERS
from services.notifications.notifications.rules import SENDING
from services.notifications.preferences.model import Preference
from shared import clock
from shared.contracts.assignments import ESCALATION_ROUTED, OFFICIAL_CHANGED
from shared.contracts.notifications import NOTIFICATION_FAILED
from shared.database import make_engine, make_sessions
from shared.ids import uuid7
from shared.messaging import schema
from shared.messaging.consumer import Consumer
from shared.messaging.events import NewEvent, read, write
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.databases import Databases, listening, statements
from tests.support.smtp_sink import SmtpSink

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def escalations(count: int, people: int = 5) -> list[NewEvent]:
    """Routed escalations with so many people each, of as many communes."""
    return [
        facts.routed(
            n,
            recipients=[facts.recipient() for _ in range(people)],
            issue=facts.issue_facts(n, unit_path=f"83/829/{n:05d}/"),
        )
        for n in range(count)
    ]


def test_everybody_gets_one_row_per_channel(service: Service) -> None:
    """Each person of an escalation has an e-mail that is due and an in-app notification that is delivered."""
    people = [facts.recipient("Nguyễn Văn An"), facts.recipient("Trần Thị Bé")]
    service.deliver(facts.routed(recipients=people))
    rows = service.rows(
        "SELECT full_name, channel, state, due_at IS NOT NULL AS due, sent_at IS NOT NULL AS sent, reasons "
        "FROM notifications ORDER BY full_name, channel"
    )
    expected = [
        (person["full_name"], *state, person["reasons"])
        for person in people
        for state in (("email", "pending", True, False), ("inapp", "sent", False, True))
    ]
    assert [tuple(row) for row in rows] == expected


def test_what_is_said_is_frozen(service: Service) -> None:
    """A notice keeps the routing event as it was, with its place, its trace and its people."""
    new = facts.routed()
    service.deliver(new)
    (row,) = service.rows("SELECT * FROM notices")
    assert (row.id, row.kind, row.issue_id) == (new.data["escalation_id"], "escalation", new.data["issue"]["id"])
    assert row.unit_path == "83/829/28789/" and row.facts["issue"]["title"] == "Cống ngăn mặn bị hỏng"
    assert row.facts["step"] == 1 and row.facts["recipients"][0]["full_name"] == "Nguyễn Thị Hồng Đào"
    assert row.facts["vacancies"][0]["place"] == "Tiểu vùng 1"
    assert row.correlation_id and row.traceparent.startswith("00-")


def test_the_same_facts_again_change_nothing(service: Service) -> None:
    """Even where the inbox did not stop a repeat, nobody is told twice and the notice stays as it was."""
    news = escalations(3)
    service.deliver(*news, times=3)
    changed = facts.routed(9, escalation_id=news[0].data["escalation_id"], recipients=news[0].data["recipients"])
    service.deliver(changed)
    assert service.rows("SELECT count(*) FROM notifications")[0][0] == 3 * 5 * 2
    codes = service.rows("SELECT facts -> 'issue' ->> 'code' FROM notices ORDER BY 1")
    assert [row[0] for row in codes] == ["BT-2026-000000", "BT-2026-000001", "BT-2026-000002"]


def test_a_batch_costs_as_many_statements_as_one_event(service: Service) -> None:
    """200 escalations to five people each are written by the statements that write one."""
    with statements(service.sessions) as one:
        service.deliver(*escalations(1))
    with statements(service.sessions) as many:
        service.deliver(*escalations(200))
    assert len(one) == len(many) <= 4
    assert service.rows("SELECT count(*) FROM notifications")[0][0] == 201 * 5 * 2


def everything(service: Service) -> list[list[tuple[object, ...]]]:
    """What a telling writes, without what differs each time."""
    return [
        [tuple(row) for row in service.rows(statement)]
        for statement in (
            "SELECT id, kind, about_id, issue_id, issue_code, unit_path, CAST(facts AS text), correlation_id "
            "FROM notices ORDER BY id",
            "SELECT notice_id, official_id, channel, full_name, CAST(reasons AS text), state, due_at = created_at, "
            "sent_at = created_at, bundle IS NULL, lane FROM notifications ORDER BY official_id, channel",
            "SELECT channel, outcome, total FROM delivery_counts ORDER BY 1, 2",
            "SELECT event_id FROM inbox ORDER BY 1",
        )
    ]


def test_a_lone_escalation_is_told_at_once_and_the_same(service: Service, databases: Databases) -> None:
    """In one statement that commits and wakes the sender; what it writes is what the handler would write; a repeat
    writes nothing, nobody to tell is no trouble."""
    news = [*escalations(2), facts.routed(3, recipients=[])]
    bodies = [write("assignments", new, None)[1] for new in news]
    plain = Consumer(service.sessions, HANDLERS)
    other = make_sessions(make_engine(databases.fresh("notifications"), application_name="test"))
    for body in bodies:
        plain.handle([body])
    with closing(Consumer(other, HANDLERS, AT_ONCE)) as quick:
        quick.handle(bodies[:1])
        with listening(other, SENDING) as heard, statements(other) as seen:
            for body in bodies[1:]:
                quick.handle([body])
            assert len(seen) == heard() == 2
            quick.handle(bodies[:1])
    assert everything(service) == everything(Service(other, service.settings))
    assert [len(rows) for rows in everything(service)] == [3, 20, 1, 3]
    other.kw["bind"].dispose()


@pytest.mark.parametrize("otherwise", ["wishes", "storm", "channel"])
def test_who_is_told_otherwise_is_not_told_at_once(service: Service, otherwise: str) -> None:
    """One who wishes, a storm or a third channel: the handler does all of it, and nothing is done twice."""
    bodies = [write("assignments", escalations(1)[0], None)[1] for _ in range(3)]
    wishing = read(bodies[2]).data["recipients"][0]["official_id"]
    with closing(Consumer(service.sessions, HANDLERS, AT_ONCE)) as quick:
        quick.handle(bodies[:1])
        with statements(service.sessions) as plainly:
            quick.handle(bodies[1:2])
        with service.sessions.begin() as session:
            if otherwise == "wishes":
                session.add(Preference.default(wishing))
            elif otherwise == "storm":
                session.execute(text("UPDATE telling_settings SET storm_from = 3"))
            else:
                session.execute(text("""UPDATE telling_rules SET floor = '["email", "inapp", "sms"]'"""))
        with statements(service.sessions) as seen:
            quick.handle(bodies[2:])
    assert len(plainly) == 1 < len(seen)
    assert len(service.rows("SELECT * FROM notices")) == len(service.rows("SELECT * FROM inbox")) == 3
    assert len(service.rows("SELECT * FROM notifications WHERE channel <> 'sms'")) == 30


def test_the_commit_wakes_the_sender(service: Service) -> None:
    """Who is told now is not told at the next tick only."""
    events = [read(write("assignments", new, None)[1]) for new in escalations(1)]
    with listening(service.sessions, SENDING) as heard:
        with service.sessions.begin() as session:
            HANDLERS[ESCALATION_ROUTED](session, events)
        assert heard() == 1


def test_an_escalation_nobody_is_responsible_for_is_kept(service: Service) -> None:
    """No recipients make no notifications, and no trouble."""
    service.deliver(facts.routed(recipients=[]))
    assert service.rows("SELECT (SELECT count(*) FROM notices), (SELECT count(*) FROM notifications)")[0] == (1, 0)


def test_contacts_follow_the_newest_version(service: Service) -> None:
    """An older version than the one known is ignored, within a batch and across batches."""
    official = uuid7()

    def versions(*numbers: int) -> list[NewEvent]:
        return [facts.official_changed(n, official_id=official, email=f"v{n}@x.example") for n in numbers]

    seen = []
    for batch in (versions(2), versions(5, 3, 4), versions(1), versions(5)):
        service.deliver(*batch)
        seen += [tuple(row) for row in service.rows("SELECT email, version FROM contacts")]
    assert seen == [("v2@x.example", 2), *[("v5@x.example", 5)] * 3]


def test_wiped_contacts_are_the_same_after_hearing_everything_again(service: Service) -> None:
    """The projection holds nothing that a republish of the newest versions does not bring back."""
    older = [facts.official_changed(1, official_id=uuid7(), email=f"old{n}@x.example") for n in range(5)]
    newer = [facts.official_changed(3, official_id=new.data["official_id"], active=False) for new in older[:3]]
    service.deliver(*older)
    service.deliver(*newer)
    everything = "SELECT * FROM contacts ORDER BY official_id"
    before = service.rows(everything)
    with service.sessions.begin() as session:
        session.execute(text("DELETE FROM contacts"))
    service.deliver(*newer, *older[3:])
    assert service.rows(everything) == before and len(before) == 5


def test_a_batch_of_contacts_is_one_statement_each(service: Service) -> None:
    """2,000 officials cost as many statements as one."""
    with statements(service.sessions) as seen:
        service.deliver(*(facts.official_changed() for _ in range(2000)))
    assert len(seen) <= 3 and service.rows("SELECT count(*) FROM contacts")[0][0] == 2000


def test_mail_waits_for_an_unknown_contact_and_goes_out_when_it_comes(service: Service, sink: SmtpSink) -> None:
    """Facts may arrive in any order: the row says what it waits for, and the contact's arrival wakes the sender."""
    person = facts.recipient()
    service.tell(person, known=False)
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    (row,) = service.emails()
    assert (row.state, row.waiting, row.attempts, sink.messages()) == ("pending", "no_contact", 0, [])
    contact = facts.official_changed(official_id=person["official_id"], email=address(person["official_id"]))
    with listening(service.sessions, SENDING) as heard:
        with service.sessions.begin() as session:
            HANDLERS[OFFICIAL_CHANGED](session, [read(write("assignments", contact, None)[1])])
        assert heard() == 1
    sender.send_due(service.sessions)
    (row,) = service.emails()
    assert (row.state, row.waiting, len(sink.messages())) == ("sent", None, 1)


def test_an_official_without_address_is_visible_and_fails_after_a_day(service: Service, sink: SmtpSink) -> None:
    """No address: it waits where everybody can see it, and in the end fails aloud, once."""
    person = facts.recipient()
    service.deliver(facts.official_changed(official_id=person["official_id"], email=None))
    sender = service.sender(sink.url)
    with clock.frozen(NOW):
        service.tell(person, known=False)
        sender.send_due(service.sessions)
        assert service.emails()[0].waiting == "no_address"
    for hours in (1, 23, 24, 25):
        with clock.frozen(NOW + timedelta(hours=hours)):
            sender.send_due(service.sessions)
    (row,) = service.emails()
    assert (row.state, row.waiting, row.due_at) == ("failed", "no_address", None)
    (failed,) = service.events(NOTIFICATION_FAILED)
    assert failed["data"]["reason"] == "no address" and timedelta(days=1) == GIVE_UP_AFTER


def test_the_migrations_build_what_the_models_say(service: Service) -> None:
    """The models and the migrated tables agree column by column and index by index."""
    for path in Path(notifications.__path__[0]).glob("*/model.py"):  # whichever of them this process has met so far
        import_module(f"services.notifications.{path.parent.name}.model")
    merged = MetaData()
    for metadata in (Base.metadata, schema.metadata):
        for table in metadata.tables.values():
            table.to_metadata(merged)
    with service.sessions() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, merged) == []
