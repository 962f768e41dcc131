"""Wake-ups: a commit that makes work due says which task to run at once; a lost one costs only a tick."""

from sqlalchemy.orm import Session

_KEY = "wakes"


def wake(session: Session, task: str) -> None:
    """Run `task` right after this session's commit; honoured by the worker edge."""
    session.info.setdefault(_KEY, set()).add(task)


def wakes_of(session: Session) -> set[str]:
    """What this session's actions asked to be woken."""
    return session.info.get(_KEY, set())
