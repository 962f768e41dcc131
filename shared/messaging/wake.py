"""Wake-ups: the commit that makes rows due wakes the loop that works them off; a lost one costs it a second."""

from sqlalchemy.orm import Session

from shared.prepared import Prepared

_NOTIFY = Prepared("SELECT pg_notify(:channel, '')")


def wake(session: Session, channel: str) -> None:
    """Wake the loop that listens on `channel`, at this session's commit and only then."""
    _NOTIFY.rows(session, {"channel": channel})
