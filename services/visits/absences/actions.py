"""What the service does on hearing of absences."""

from sqlalchemy.orm import Session

from services.visits.absences.model import KnownAbsence
from services.visits.database import upsert_newest
from shared.messaging.events import Event

_NAMES = ("official_id", "substitute_id", "assignment_ids", "valid_from", "valid_to", "counts")


def keep_absences(session: Session, events: list[Event]) -> None:
    """Store each absence as its newest event says."""
    rows = [
        {"id": event.data["absence_id"], **{name: event.data[name] for name in _NAMES}, "version": event.version}
        for event in events
    ]
    upsert_newest(session, KnownAbsence, rows)
