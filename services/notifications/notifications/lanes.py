"""Lanes: what is written in bulk is sent only while nothing else is due, so that it holds up nobody."""

from sqlalchemy.orm import Session

from shared.prepared import Prepared

ORDINARY, BULK = 0, 1

_USE = Prepared("SELECT set_config('caunoi.lane', CAST(:lane AS text), true)")


def use_bulk_lane(session: Session) -> None:
    """What this transaction writes from now on goes into the bulk lane: the default of the column reads it."""
    _USE.rows(session, {"lane": BULK})
