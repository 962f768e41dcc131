"""The consumer: a batch in one transaction, each event's effects once, the poisonous one set aside."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from shared import logs, trace
from shared.database import Lasting
from shared.messaging.events import Event, MalformedEvent, read
from shared.messaging.inbox import admit
from shared.messaging.outbox import AtEdge, published_at_edge
from shared.messaging.schema import dead_letters

log = logs.get_logger()

Handler = Callable[[Session, list[Event]], None]
Handlers = Mapping[str, Handler]
# Handles a lone event for which somebody waits: all its effects and the mark that it was seen in one statement that
# commits. False: nothing was done, and its handler is to do it.
AtOnce = Mapping[str, Callable[[Session, Event], bool]]


@dataclass
class Outcome:
    """What the edge does after the commit: new events to publish, receipts per producer."""

    events: AtEdge = field(default_factory=AtEdge)
    receipts: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    handled: list[Event] = field(default_factory=list)

    def take(self, recorded: AtEdge, handled: Iterable[Event]) -> None:
        """Take in what was committed."""
        self.events.take(recorded)
        self.handled += handled

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
    """Handles the events that arrive for one service. For one thread."""

    def __init__(self, sessions: sessionmaker[Session], handlers: Handlers, at_once: AtOnce | None = None) -> None:
        self._sessions = sessions
        self._handlers = handlers
        self._at_once = at_once or {}
        self._lasting = Lasting(sessions.kw["bind"])

    def close(self) -> None:
        """Close the connection that what is done at once goes over."""
        self._lasting.close()

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
            if len(events) != 1 or not self._done_at_once(events[0], outcome):
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

    def _done_at_once(self, event: Event, outcome: Outcome) -> bool:
        """From idle every round trip takes its time, and a transaction needs five. What goes wrong here is left to
        the event's handler to say; should it have been done nevertheless, the handler finds it seen."""
        if event.type not in self._at_once:
            return False
        try:
            with self._lasting() as session:
                recorded = published_at_edge(session)
                trace.start(event.correlation_id, event.traceparent)
                done = self._at_once[event.type](session, event)
        except Exception as error:
            log.warning("not_at_once", event_id=str(event.id), type=event.type, error=repr(error))
            return False
        if done:
            outcome.take(recorded, [event])
        return done

    def _transact(self, events: list[Event], outcome: Outcome) -> None:
        with self._sessions.begin() as session:
            recorded = published_at_edge(session)
            by_type: dict[str, list[Event]] = defaultdict(list)
            fresh = admit(session, [event.id for event in events])
            for event in events:
                if event.id in fresh:
                    by_type[event.type].append(event)
            for event_type, group in by_type.items():
                # A lone event is its handler's whole context; a group's facts name their own cause.
                trace.start(group[0].correlation_id, group[0].traceparent)
                self._handlers[event_type](session, group)
        outcome.take(recorded, itertools.chain.from_iterable(by_type.values()))

    def _bury(self, event: Event, error: Exception) -> None:
        with self._sessions.begin() as session:
            admit(session, [event.id])
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


def _set_aside(session: Session, event_id: UUID, event_type: str, body: str, error: Exception) -> None:
    row = select(literal(event_id), literal(event_type), literal(body), literal(f"{type(error).__name__}: {error}"))
    session.execute(
        insert(dead_letters).from_select(["event_id", "type", "body", "error"], row).on_conflict_do_nothing()
    )


def _passing(error: Exception) -> bool:
    """True for trouble that is the database's and not the event's: lost connection, deadlock, shutdown."""
    return isinstance(error, OperationalError | InterfaceError)
