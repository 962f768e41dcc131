"""Dead letters: events whose handling failed, kept until somebody replays or discards them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.errors import NotFound
from shared.messaging.consumer import Handlers
from shared.messaging.events import MalformedEvent, read
from shared.messaging.schema import dead_letters

OPEN = dead_letters.c.discarded_at.is_(None)


def listing(session: Session, limit: int = 100) -> Sequence[RowMapping]:
    """The open dead letters, oldest first: event_id, type, error, failed_at, body."""
    statement = select(dead_letters).where(OPEN).order_by(dead_letters.c.failed_at).limit(limit)
    return session.execute(statement).mappings().all()


def count(session: Session) -> int:
    """How many are open."""
    return session.execute(select(func.count()).select_from(dead_letters).where(OPEN)).scalar_one()


def replay(sessions: sessionmaker[Session], handlers: Handlers, event_id: UUID) -> str | None:
    """Handle one again, in one transaction with its removal. Returns None, or why it failed again."""
    try:
        with sessions.begin() as session:
            taken = delete(dead_letters).where(dead_letters.c.event_id == event_id, OPEN)
            body = session.execute(taken.returning(dead_letters.c.body)).scalar_one_or_none()
            if body is None:
                raise NotFound(f"There is no open dead letter {event_id}.")
            event = read(body)
            handlers[event.type](session, [event])
    except NotFound:
        raise
    except (MalformedEvent, Exception) as error:
        return f"{type(error).__name__}: {error}"
    return None


def discard(session: Session, event_id: UUID) -> None:
    """Give one up; the row stays as a record. Raises NotFound."""
    statement = (
        update(dead_letters).where(dead_letters.c.event_id == event_id, OPEN).values(discarded_at=func.now())
    )
    if not session.execute(statement).rowcount:  # type: ignore[attr-defined]
        raise NotFound(f"There is no open dead letter {event_id}.")
