"""The duty of chasing answers: batch after batch, each in a transaction of its own."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.information.actions import CHASED_AT_ONCE, chase


def chase_information(sessions: sessionmaker[Session]) -> None:
    """Remind those concerned by all requests whose time for it has come."""
    while True:
        with sessions.begin() as session:
            if chase(session) < CHASED_AT_ONCE:
                return
