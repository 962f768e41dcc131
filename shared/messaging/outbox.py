"""Events are rows, written in the transaction that makes them true."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from shared.contracts.routes import SUBSCRIBERS
from shared.messaging.events import Event, NewEvent, write
from shared.messaging.inbox import admitting
from shared.prepared import Prepared

# One round trip for any number: psycopg would send an executemany row by row. The bodies go as one JSON array, the
# rest as words in one text: in an array the driver would look at each one whether it has to be quoted.
_ROWS = (
    "INSERT INTO outbox (id, type, body, waiting_for, attempts, due_at) "
    "SELECT id, type, body, string_to_array(waits, ','), CAST(:attempts AS int), "
    "now() + CAST(:grace AS int) * interval '1 second' "
    "FROM ROWS FROM (unnest(CAST(string_to_array(:ids, ' ') AS uuid[])), unnest(string_to_array(:types, ' ')), "
    "json_array_elements(CAST(:bodies AS json)), unnest(string_to_array(:waits, ' '))) "
    "AS new (id, type, body, waits)"
)
_INSERT = Prepared(_ROWS)
_INSERT_AT_ONCE = Prepared(f"WITH {admitting()}, said AS ({_ROWS}, admitted) SELECT event_id FROM admitted")
_CONFIRM = Prepared(
    "UPDATE outbox SET waiting_for = array_remove(waiting_for, :subscriber) "
    "WHERE id = ANY(:ids) AND waiting_for @> ARRAY[:subscriber]"
)
_AT_EDGE = "published_at_edge"
GRACE = 3  # seconds


class _Row(NamedTuple):
    id: str
    type: str
    body: str
    waiting_for: str


def record(session: Session, new: NewEvent, cause: Event | None = None) -> None:
    """Record one fact; it reaches every subscriber once this transaction is committed."""
    record_many(session, [(new, cause)])


def record_many(session: Session, facts: Iterable[tuple[NewEvent, Event | None]]) -> None:
    """Record facts in bulk, each with the event that caused it."""
    rows = _rows(facts)
    if not rows:
        return
    at_edge: AtEdge | None = session.info.get(_AT_EDGE)
    _INSERT.run(session, _values(rows, at_edge is not None))
    if at_edge is not None:
        at_edge.add(rows)


def record_at_once(session: Session, facts: Iterable[tuple[NewEvent, Event | None]], cause: Event) -> bool:
    """Mark the cause as seen and record what follows from it, in one statement that commits. False: it was seen
    before, and nothing is recorded."""
    rows = _rows(facts)
    fresh = bool(_INSERT_AT_ONCE.rows(session, _values(rows, True) | {"event": cause.id}))
    if fresh:
        published_at_edge(session).add(rows)
    return fresh


def _rows(facts: Iterable[tuple[NewEvent, Event | None]]) -> list[_Row]:
    rows = []
    for new, cause in facts:
        event_id, body = write(service_of(new.type), new, cause)
        rows.append(_Row(str(event_id), new.type, body, ",".join(SUBSCRIBERS[new.type])))
    return rows


def _values(rows: Sequence[_Row], at_edge: bool) -> dict[str, Any]:
    ids, types, bodies, waits = zip(*rows, strict=True)
    values = {"ids": " ".join(ids), "types": " ".join(types), "waits": " ".join(waits)}
    values |= {"bodies": f"[{','.join(bodies)}]"}
    return values | ({"attempts": 1, "grace": GRACE} if at_edge else {"attempts": 0, "grace": 0})


@dataclass
class AtEdge:
    """Events that an edge publishes, by subscriber: `now`, because somebody waits for it, or in a moment."""

    now: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    soon: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: Iterable[_Row]) -> None:
        """The first subscriber of a route has somebody waiting."""
        for row in rows:
            first, *others = SUBSCRIBERS[row.type]
            self.now[first].append(row.body)
            for each in others:
                self.soon[each].append(row.body)

    def take(self, other: "AtEdge") -> None:
        """Take in what another session recorded."""
        for mine, theirs in ((self.now, other.now), (self.soon, other.soon)):
            for subscriber, bodies in theirs.items():
                mine[subscriber] += bodies


def published_at_edge(session: Session) -> AtEdge:
    """Have what this session records left to its edge, which publishes it right after the commit; returns where the
    events will stand. The relay takes only what is not confirmed after GRACE."""
    found: AtEdge = session.info.setdefault(_AT_EDGE, AtEdge())
    return found


def confirm(session: Session, subscriber: str, event_ids: list[UUID]) -> None:
    """A receipt: the subscriber has committed these events; saying so twice changes nothing."""
    _CONFIRM.run(session, {"subscriber": subscriber, "ids": sorted(event_ids)})


def service_of(event_type: str) -> str:
    """The producer named in a type: vn.caunoi.SERVICE.subject.verb.v1."""
    return event_type.split(".")[2]
