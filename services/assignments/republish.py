"""Telling everything again: every projection fed by this service can be rebuilt from these events."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.clients.model import SigningKey
from services.assignments.clients.rules import signing_key_changed
from services.assignments.hamlets.model import Hamlet
from services.assignments.hamlets.rules import hamlet_changed
from services.assignments.officials.model import Official
from services.assignments.officials.rules import official_changed
from services.assignments.units.model import Unit
from services.assignments.units.rules import unit_changed
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many

_BATCH = 1000

# What is told, and how: units before the hamlets that stand in them.
_TOLD: Sequence[tuple[type[Any], Callable[[Any], NewEvent]]] = (
    (SigningKey, signing_key_changed),
    (Unit, lambda row: unit_changed(row._mapping)),
    (Hamlet, hamlet_changed),
    (Official, official_changed),
)


def republish(session: Session) -> int:
    """Record the current state of all units, hamlets, officials and signing keys again, with their versions as they
    are: what a listener knows already changes nothing. Returns how many events; never commits."""
    count = 0
    for batch in _batches(session):
        record_many(session, [(event, None) for event in batch])
        count += len(batch)
    return count


def _batches(session: Session) -> Iterator[list[NewEvent]]:
    for model, tell in _TOLD:
        for rows in session.execute(select(model.__table__)).partitions(_BATCH):
            yield [tell(row) for row in rows]
