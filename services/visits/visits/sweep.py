"""The duty of settling visits: batch after batch, each in a transaction of its own."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.visits.actions import SETTLED_AT_ONCE, settle


def settle_visits(sessions: sessionmaker[Session]) -> None:
    """Look at all visits whose time for it has come."""
    while True:
        with sessions.begin() as session:
            if settle(session) < SETTLED_AT_ONCE:
                return
