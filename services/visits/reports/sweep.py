"""The duty of chasing reports: batch after batch, each in a transaction of its own."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.reports.actions import CHASED_AT_ONCE, chase


def chase_reports(sessions: sessionmaker[Session]) -> None:
    """Remind the authors of all reports whose time for it has come."""
    while True:
        with sessions.begin() as session:
            if chase(session) < CHASED_AT_ONCE:
                return
