"""What the service does on hearing of officials."""

from sqlalchemy.orm import Session

from services.visits.database import upsert_newest
from services.visits.officials.model import Official
from shared.messaging.events import Event


def keep_officials(session: Session, events: list[Event]) -> None:
    """Store each official as the newest event says."""
    rows = [
        {
            "id": event.data["official_id"],
            "full_name": event.data["full_name"],
            "active": event.data["active"],
            "version": event.version,
        }
        for event in events
    ]
    upsert_newest(session, Official, rows)
