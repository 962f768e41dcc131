"""Events are rows, written in the transaction that makes them true."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from shared.contracts.routes import SUBSCRIBERS
from shared.messaging.events import Event, NewEvent, write
from shared.messaging.schema import outbox

_CONFIRM = text(
    "UPDATE outbox SET waiting_for = array_remove(waiting_for, :subscriber) "
    "WHERE id = ANY(:ids) AND waiting_for @> ARRAY[:subscriber]"
)


def record(session: Session, new: NewEvent, cause: Event | None = None) -> None:
    """Record one fact; it reaches every subscriber once this transaction is committed."""
    record_many(session, [(new, cause)])


def record_many(session: Session, facts: Iterable[tuple[NewEvent, Event | None]]) -> None:
    """Record facts in bulk, each with the event that caused it."""
    rows = []
    for new, cause in facts:
        event_id, body = write(service_of(new.type), new, cause)
        rows.append({"id": event_id, "type": new.type, "body": body, "waiting_for": list(SUBSCRIBERS[new.type])})
    if rows:
        session.execute(_INSERT, rows)


def confirm(session: Session, subscriber: str, event_ids: list[UUID]) -> None:
    """A receipt: the subscriber has committed these events; saying so twice changes nothing."""
    session.execute(_CONFIRM, {"subscriber": subscriber, "ids": sorted(event_ids)})


def service_of(event_type: str) -> str:
    """The producer named in a type: vn.caunoi.SERVICE.subject.verb.v1."""
    return event_type.split(".")[2]


# The body is JSON text already; a cast keeps the driver from quoting it again.
_INSERT = insert(outbox).values(body=text("CAST(:body AS json)"))
