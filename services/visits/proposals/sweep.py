"""The duty of chasing signatures: batch after batch, each in a transaction of its own."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.proposals.actions import CHASED_AT_ONCE, chase


def chase_signatures(sessions: sessionmaker[Session]) -> None:
    """Remind all who have said nothing to a proposal, where the time for it has come."""
    while True:
        with sessions.begin() as session:
            if chase(session) < CHASED_AT_ONCE:
                return
