"""The duty of looking again for open work on units that have an heir, batch after batch."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.reorganisations.actions import MOVED_AT_ONCE, move_late


def follow_late(sessions: sessionmaker[Session]) -> None:
    """Move what is due."""
    while True:
        with sessions.begin() as session:
            if move_late(session) < MOVED_AT_ONCE:
                return
