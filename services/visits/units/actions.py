"""What the service does on hearing of places."""

from sqlalchemy.orm import Session

from services.visits.database import upsert_newest
from services.visits.units.model import Hamlet, Unit
from shared.messaging.events import Event


def keep_units(session: Session, events: list[Event]) -> None:
    """Store each unit as its newest event says."""
    names = ("code", "name", "kind", "level", "path", "province_code", "province_abbreviation")
    rows = [
        {
            "id": event.data["unit_id"],
            **{name: event.data[name] for name in (*names, "valid_from", "valid_to")},
            "folded": Unit.folded_of(event.data["code"], event.data["name"]),
            "version": event.version,
        }
        for event in events
    ]
    upsert_newest(session, Unit, rows)


def keep_hamlets(session: Session, events: list[Event]) -> None:
    """Store each hamlet as its newest event says."""
    rows = [
        {
            "id": event.data["hamlet_id"],
            **{name: event.data[name] for name in ("name", "unit_id", "valid_from", "valid_to")},
            "version": event.version,
        }
        for event in events
    ]
    upsert_newest(session, Hamlet, rows)
