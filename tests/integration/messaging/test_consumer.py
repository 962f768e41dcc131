"""The consumer: effects once, the poisonous event set aside, trouble of the database passed on."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from shared.database import make_engine, make_sessions
from shared.errors import NotFound
from shared.messaging import deadletters
from shared.messaging.consumer import Consumer
from shared.messaging.events import Event, read, write
from shared.messaging.outbox import AtEdge, record_at_once, record_many
from shared.messaging.schema import NOTIFY_CHANNEL
from shared.messaging.wake import wake
from tests.support.databases import listening
from tests.support.facts import escalated, routed

Sessions = sessionmaker[Session]


def note(session: Session, events: list[Event]) -> None:
    """A handler whose effect can be counted; it cannot digest a title that says poison."""
    for event in events:
        session.execute(text("INSERT INTO effects VALUES (:s)"), {"s": event.subject})
        if event.data["issue"]["title"] == "poison":
            raise ValueError("this event is poisonous")
    wake(session, "visits_look")


HANDLERS = {escalated().type: note}


def bodies(count: int) -> tuple[list[str], list[UUID]]:
    """Events as they arrive, and their ids."""
    pairs = [write("visits", escalated(number), None) for number in range(count)]
    return [body for _, body in pairs], [event_id for event_id, _ in pairs]


def poisonous() -> str:
    """An event its handler cannot digest."""
    new = escalated()
    new.data["issue"]["title"] = "poison"
    return write("visits", new, None)[1]


def effects(sessions: Sessions) -> int:
    """How many effects were committed."""
    with sessions() as session:
        return session.execute(text("SELECT count(*) FROM effects")).scalar_one()


def test_repeats_have_one_effect(consumer_db: Sessions) -> None:
    """A batch delivered three times has its effects once and is confirmed each time."""
    consumer = Consumer(consumer_db, HANDLERS)
    batch, ids = bodies(5)
    outcomes = [consumer.handle(batch) for _ in range(3)]
    assert effects(consumer_db) == 5
    assert [outcome.receipts for outcome in outcomes] == [{"visits": ids}] * 3


def test_overlapping_batches_have_one_effect_each(consumer_db: Sessions) -> None:
    """Two batches that share events have each event's effects once."""
    consumer = Consumer(consumer_db, HANDLERS)
    batch, _ = bodies(6)
    consumer.handle(batch[:4])
    consumer.handle(batch[2:])
    assert effects(consumer_db) == 6


def test_the_poisonous_event_is_set_aside_alone(consumer_db: Sessions) -> None:
    """One poisonous event becomes a dead letter with its error; its neighbours take effect; all are confirmed."""
    batch, _ = bodies(3)
    batch.insert(1, poisonous())
    outcome = Consumer(consumer_db, HANDLERS).handle(batch)
    assert effects(consumer_db) == 3
    assert len(outcome.receipts["visits"]) == 4
    with consumer_db() as session:
        [letter] = deadletters.listing(session)
    assert letter["error"] == "ValueError: this event is poisonous"
    assert letter["body"] == batch[1]


def test_an_event_that_breaks_its_contract_is_set_aside(consumer_db: Sessions) -> None:
    """Data that the contract refuses becomes a dead letter that names the field."""
    batch, _ = bodies(2)
    broken = batch[0].replace('"step":1', '"step":"first"')
    outcome = Consumer(consumer_db, HANDLERS).handle([broken, batch[1]])
    assert effects(consumer_db) == 1
    assert len(outcome.receipts["visits"]) == 2
    with consumer_db() as session:
        assert "'step'" in deadletters.listing(session)[0]["error"]


def test_a_replayed_dead_letter_takes_effect_and_is_gone(consumer_db: Sessions) -> None:
    """After the handler was mended, replay applies the event once and removes the letter."""
    Consumer(consumer_db, HANDLERS).handle([poisonous()])
    with consumer_db() as session:
        [letter] = deadletters.listing(session)
    assert "poisonous" in (deadletters.replay(consumer_db, HANDLERS, letter["event_id"]) or "")
    mended = {escalated().type: lambda session, events: note(session, [])}
    assert deadletters.replay(consumer_db, mended, letter["event_id"]) is None
    with consumer_db() as session:
        assert deadletters.count(session) == 0
    with pytest.raises(NotFound):
        deadletters.replay(consumer_db, mended, letter["event_id"])


def test_a_discarded_dead_letter_stays_as_a_record(consumer_db: Sessions) -> None:
    """Discarding takes a letter off the list and keeps its row."""
    Consumer(consumer_db, HANDLERS).handle([poisonous()])
    with consumer_db.begin() as session:
        deadletters.discard(session, deadletters.listing(session)[0]["event_id"])
    with consumer_db() as session:
        assert deadletters.listing(session) == []
        assert session.execute(text("SELECT count(*) FROM dead_letters")).scalar_one() == 1


def test_without_a_database_nothing_is_confirmed() -> None:
    """When PostgreSQL is away the batch raises, so that the relay sends it again; nothing is set aside."""
    engine = make_engine("postgresql://postgres@/nowhere?host=/nonexistent", application_name="test")
    with pytest.raises(OperationalError):
        Consumer(make_sessions(engine), HANDLERS).handle(bodies(1)[0])


def test_wake_ups_follow_the_commit(consumer_db: Sessions) -> None:
    """A handler's wake-up is heard only when its transaction was committed."""
    consumer = Consumer(consumer_db, HANDLERS)
    with listening(consumer_db, "visits_look") as heard:
        consumer.handle([poisonous()])
        assert heard() == 0
        consumer.handle(bodies(2)[0])
        assert heard() == 1


def test_what_a_handler_records_is_left_to_the_edge(consumer_db: Sessions) -> None:
    """The worker publishes what its batch recorded; the relay is not woken, and has it due only a moment later."""

    def answer(session: Session, events: list[Event]) -> None:
        record_many(session, [(escalated(number), event) for number, event in enumerate(events)])

    consumer = Consumer(consumer_db, {escalated().type: answer})
    with listening(consumer_db, NOTIFY_CHANNEL) as heard:
        outcome = consumer.handle(bodies(3)[0])
        assert heard() == 0
    with consumer_db() as session:
        rows = session.execute(text("SELECT id, attempts, due_at > now() AS later FROM outbox ORDER BY seq")).all()
    assert [(row.attempts, row.later) for row in rows] == [(1, True)] * 3
    assert [read(body).id for body in outcome.events.now["assignments"]] == [row.id for row in rows]


@pytest.mark.parametrize("how", ["done", "declined", "failed"])
def test_a_lone_event_is_tried_at_once(consumer_db: Sessions, how: str) -> None:
    """Done so it has its effects and what it records once, however often it comes; declined or failed it is its
    handler's. Several events always are."""

    def at_once(session: Session, event: Event) -> bool:
        if how == "failed":
            raise ValueError("not like this")
        return how == "done" and record_at_once(session, [(routed(), event)], event)

    consumer = Consumer(consumer_db, HANDLERS, {escalated().type: at_once})
    [body], ids = bodies(1)
    with listening(consumer_db, NOTIFY_CHANNEL) as heard:
        outcomes = [consumer.handle([body]) for _ in range(3)]
        assert heard() == 0
    assert [each.receipts for each in outcomes] == [{"visits": ids}] * 3
    assert [len(each.handled) for each in outcomes] == [1, 0, 0]
    told = [len(each.events.now["notifications"]) for each in outcomes]
    assert (effects(consumer_db), told) == ((0, [1, 0, 0]) if how == "done" else (1, [0, 0, 0]))
    with consumer_db() as session:
        rows = session.execute(text("SELECT attempts, due_at > now() AS later FROM outbox")).all()
    assert rows == ([(1, True)] if how == "done" else [])
    consumer.handle(bodies(2)[0])
    assert effects(consumer_db) == (2 if how == "done" else 3)
    consumer.close()


def test_a_connection_that_was_lost_is_opened_again(consumer_db: Sessions) -> None:
    """The event at hand goes to its handler, the next one is done at once again."""
    processes = []

    def at_once(session: Session, event: Event) -> bool:
        processes.append(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
        return record_at_once(session, [(routed(), event)], event)

    consumer = Consumer(consumer_db, HANDLERS, {escalated().type: at_once})
    for lost, by_handler in ((False, 0), (True, 1), (False, 1)):
        if lost:
            with consumer_db() as session:
                session.execute(text("SELECT pg_terminate_backend(:id, 5000)"), {"id": processes[0]})
        [body], ids = bodies(1)
        assert consumer.handle([body]).receipts == {"visits": ids}
        assert effects(consumer_db) == by_handler
    assert len(processes) == len(set(processes)) == 2
    consumer.close()


def test_who_is_waited_for_is_told_first(consumer_db: Sessions) -> None:
    """The first subscriber of a route at once, the others with the receipts a moment later."""

    def answer(session: Session, events: list[Event]) -> None:
        record_many(session, [(routed(), event) for event in events])

    events = Consumer(consumer_db, {escalated().type: answer}).handle(bodies(2)[0]).events
    told = {name: {who: len(each) for who, each in vars(events)[name].items()} for name in ("now", "soon")}
    assert told == {"now": {"notifications": 2}, "soon": {"visits": 2}}


def test_nothing_is_left_to_the_edge_by_a_batch_that_failed(consumer_db: Sessions) -> None:
    """What was rolled back is not published."""

    def answer(session: Session, events: list[Event]) -> None:
        record_many(session, [(escalated(), event) for event in events])
        raise ValueError("too late")

    assert Consumer(consumer_db, {escalated().type: answer}).handle(bodies(2)[0]).events == AtEdge()
