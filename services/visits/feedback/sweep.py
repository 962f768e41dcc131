"""The duty of following up feedback: batch after batch, each in a transaction of its own."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.feedback.actions import CHASED_AT_ONCE, chase


def chase_feedback(sessions: sessionmaker[Session]) -> None:
    """Remind those concerned by all feedback whose time for it has come."""
    while True:
        with sessions.begin() as session:
            if chase(session) < CHASED_AT_ONCE:
                return
