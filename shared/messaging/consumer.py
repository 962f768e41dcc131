"""The consumer: a batch in one transaction, each event's effects once, the poisonous one set aside."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from shared import logs, trace
from shared.messaging.events import Event, MalformedEvent, read
from shared.messaging.outbox import AtEdge, published_at_edge
from shared.messaging.schema import PUBLISHED_AT_EDGE, dead_letters
from shared.prepared import Prepared

log = logs.get_logger()

Handler = Callable[[Session, list[Event]], None]
Handlers = Mapping[str, Handler]

# The setting tells the trigger of the outbox that the relay may sleep on: this edge publishes by itself.
_ADMIT = Prepared(
    f"WITH edge AS MATERIALIZED (SELECT set_config('{PUBLISHED_AT_EDGE}', 'on', true)) "
    "INSERT INTO inbox (event_id) SELECT unnest(CAST(:ids AS uuid[])) FROM edge "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


@dataclass
class Outcome:
    """What the edge does after the commit: new events to publish, receipts per producer."""

    events: AtEdge = field(default_factory=AtEdge)
    receipts: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    handled: list[Event] = field(default_factory=list)

    def log(self) -> None:
        """One line an event: written last, because nobody waits for it."""
        for event in self.handled:
            log.info(
                "event_handled",
                event_id=str(event.id),
                type=event.type,
                subject=event.subject,
                correlation_id=event.correlation_id,
                traceparent=event.traceparent,
            )


class Consumer:
    """Handles the events that arrive for one service."""

    def __init__(self, sessions: sessionmaker[Session], handlers: Handlers) -> None:
        self._sessions = sessions
        self._handlers = handlers

    def handle(self, bodies: list[str]) -> Outcome:
        """Take a batch. Raises only what may pass by itself (no database): then nothing is confirmed
        and the relay sends the batch again."""
        outcome = Outcome()
        events: dict[UUID, Event] = {}
        for body in bodies:
            try:
                event = read(body)
            except MalformedEvent as error:
                self._bury_unreadable(body, error, outcome)
            else:
                events[event.id] = event
        self._handle_together(list(events.values()), outcome)
        for event in events.values():
            outcome.receipts[event.source].append(event.id)
        return outcome

    def _handle_together(self, events: list[Event], outcome: Outcome) -> None:
        try:
            self._transact(events, outcome)
        except Exception as error:
            if _passing(error):
                raise
            if len(events) == 1:
                self._bury(events[0], error)
                return
            log.warning("batch_failed", error=repr(error), events=len(events))
            for event in events:
                self._handle_together([event], outcome)

    def _transact(self, events: list[Event], outcome: Outcome) -> None:
        with self._sessions.begin() as session:
            recorded = published_at_edge(session)
            by_type: dict[str, list[Event]] = defaultdict(list)
            for event in _admit(session, events):
                by_type[event.type].append(event)
            for event_type, group in by_type.items():
                # A lone event is its handler's whole context; a group's facts name their own cause.
                trace.start(group[0].correlation_id, group[0].traceparent)
                self._handlers[event_type](session, group)
        outcome.events.take(recorded)
        for group in by_type.values():
            outcome.handled += group

    def _bury(self, event: Event, error: Exception) -> None:
        with self._sessions.begin() as session:
            _admit(session, [event])
            _set_aside(session, event.id, event.type, event.body, error)
        log.error(
            "event_dead",
            event_id=str(event.id),
            type=event.type,
            correlation_id=event.correlation_id,
            exc_info=error,
        )

    def _bury_unreadable(self, body: str, error: MalformedEvent, outcome: Outcome) -> None:
        """Confirm it only if it still says who sent it and under which id."""
        try:
            raw = orjson.loads(body)
            event_id, source, event_type = UUID(raw["id"]), raw["source"], str(raw["type"])
        except (KeyError, TypeError, ValueError):
            log.error("event_unreadable", error=str(error), body=body[:500])
            return
        with self._sessions.begin() as session:
            _set_aside(session, event_id, event_type, body, error)
        outcome.receipts[source.removeprefix("/caunoi/")].append(event_id)
        log.error("event_dead", event_id=str(event_id), type=event_type, error=str(error))


def _admit(session: Session, events: list[Event]) -> list[Event]:
    """Mark events as seen; returns those not seen before. Sorted ids, so that two workers cannot deadlock."""
    ids = sorted(event.id for event in events)
    fresh = {event_id for (event_id,) in _ADMIT.rows(session, {"ids": ids})}
    return [event for event in events if event.id in fresh]


def _set_aside(session: Session, event_id: UUID, event_type: str, body: str, error: Exception) -> None:
    row = select(literal(event_id), literal(event_type), literal(body), literal(f"{type(error).__name__}: {error}"))
    session.execute(
        insert(dead_letters).from_select(["event_id", "type", "body", "error"], row).on_conflict_do_nothing()
    )


def _passing(error: Exception) -> bool:
    """True for trouble that is the database's and not the event's: lost connection, deadlock, shutdown."""
    return isinstance(error, OperationalError | InterfaceError)
