"""The duty of telling watchers: batch after batch, each in a transaction of its own."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.threads.telling import TOLD_AT_ONCE, tell_news


def tell_watchers_of_news(sessions: sessionmaker[Session]) -> None:
    """Tell all watchers of all that has happened."""
    while True:
        with sessions.begin() as session:
            if tell_news(session) < TOLD_AT_ONCE:
                return
