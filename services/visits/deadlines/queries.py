"""The policies in force, remembered for seconds, and the timers of an issue."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from services.visits.deadlines.model import SlaPolicy, Timer
from services.visits.deadlines.rules import DEADLINES, LADDER, Policy
from shared.web.paging import paginate

_KEPT = 5.0  # seconds
_remembered: WeakKeyDictionary[object, tuple[float, Sequence[Policy]]] = WeakKeyDictionary()


def policies(session: Session) -> Sequence[Policy]:
    """The active policies."""
    until, found = _remembered.get(session.bind, (0.0, ()))
    if time.monotonic() > until:
        columns = [getattr(SlaPolicy, name) for name in Policy._fields]
        rows = session.execute(select(*columns).where(SlaPolicy.active))
        found = [Policy(*row) for row in rows]
        _remembered[session.bind] = (time.monotonic() + _KEPT, found)
    return found


def forget(session: Session) -> None:
    """Read the policies again next time: they have been changed here."""
    _remembered.pop(session.bind, None)


def page_of_policies(session: Session, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """All policies, by code."""
    return paginate(session, select(SlaPolicy), SlaPolicy.code, limit=limit, cursor=cursor)


def timers_of(session: Session, issue_id: UUID) -> Sequence[Timer]:
    """The timers of an issue: its deadlines first."""
    order = case({target: number for number, target in enumerate((*DEADLINES, *LADDER))}, value=Timer.target)
    return session.scalars(select(Timer).where(Timer.issue_id == issue_id).order_by(order)).all()
