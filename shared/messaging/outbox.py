"""Events are rows, written in the transaction that makes them true."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.contracts.routes import SUBSCRIBERS
from shared.messaging.events import Event, NewEvent, write

# One round trip for any number: psycopg would send an executemany row by row. The bodies go as one JSON array:
# as text[] the driver would quote them again, letter by letter.
_INSERT = text(
    "INSERT INTO outbox (id, type, body, waiting_for) "
    "SELECT id, type, body, string_to_array(waits, ',') FROM ROWS FROM (unnest(CAST(:ids AS uuid[])), "
    "unnest(CAST(:types AS text[])), json_array_elements(CAST(:bodies AS json)), "
    "unnest(CAST(:waits AS text[]))) AS new (id, type, body, waits)"
)
_CONFIRM = text(
    "UPDATE outbox SET waiting_for = array_remove(waiting_for, :subscriber) "
    "WHERE id = ANY(:ids) AND waiting_for @> ARRAY[:subscriber]"
)


def record(session: Session, new: NewEvent, cause: Event | None = None) -> None:
    """Record one fact; it reaches every subscriber once this transaction is committed."""
    record_many(session, [(new, cause)])


def record_many(session: Session, facts: Iterable[tuple[NewEvent, Event | None]]) -> None:
    """Record facts in bulk, each with the event that caused it."""
    ids, types, bodies, waits = [], [], [], []
    for new, cause in facts:
        event_id, body = write(service_of(new.type), new, cause)
        ids.append(event_id)
        types.append(new.type)
        bodies.append(body)
        waits.append(",".join(SUBSCRIBERS[new.type]))
    if ids:
        session.execute(_INSERT, {"ids": ids, "types": types, "bodies": f"[{','.join(bodies)}]", "waits": waits})


def confirm(session: Session, subscriber: str, event_ids: list[UUID]) -> None:
    """A receipt: the subscriber has committed these events; saying so twice changes nothing."""
    session.execute(_CONFIRM, {"subscriber": subscriber, "ids": sorted(event_ids)})


def service_of(event_type: str) -> str:
    """The producer named in a type: vn.caunoi.SERVICE.subject.verb.v1."""
    return event_type.split(".")[2]
