"""Which events a service has seen: each takes effect in the transaction that marks it, and so once."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from shared.messaging.schema import PUBLISHED_AT_EDGE
from shared.prepared import Prepared

# The setting tells the trigger of the outbox that the relay may sleep on: this edge publishes by itself.
_EDGE = f"edge AS MATERIALIZED (SELECT set_config('{PUBLISHED_AT_EDGE}', 'on', true))"
_ADMIT = Prepared(
    f"WITH {_EDGE} INSERT INTO inbox (event_id) SELECT unnest(CAST(:ids AS uuid[])) FROM edge "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


def admit(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """Mark events as seen; returns those not seen before. Sorted, so that two workers cannot deadlock."""
    return {event_id for (event_id,) in _ADMIT.rows(session, {"ids": sorted(ids)})}


def admitting(condition: str = "true") -> str:
    """For a statement that commits by itself: the parts of its WITH that mark the event `:event` as seen if the
    condition holds. `admitted` has one row if the event is to take effect now, by this statement, or none."""
    return (
        f"{_EDGE}, admitted AS (INSERT INTO inbox (event_id) SELECT CAST(:event AS uuid) FROM edge "
        f"WHERE {condition} ON CONFLICT DO NOTHING RETURNING event_id)"
    )
