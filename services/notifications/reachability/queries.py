"""Reads of suppressed addresses: only for whose territory is everything, because an address lies nowhere."""

from typing import Any
from uuid import UUID

from sqlalchemy import false, select, true
from sqlalchemy.orm import Session

from services.notifications.reachability.model import Suppression
from shared.errors import NotFound
from shared.web.auth import Principal
from shared.web.paging import paginate


def listing(session: Session, who: Principal, *, lifted: bool, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of suppressed addresses, newest first."""
    statement = select(Suppression).where(true() if who.covers("") else false())
    if not lifted:
        statement = statement.where(Suppression.lifted_at.is_(None))
    return paginate(session, statement, Suppression.id, limit=limit, cursor=cursor, descending=True)


def one(session: Session, suppression_id: UUID, who: Principal, *, lock: bool = False) -> Suppression:
    """A suppressed address, locked if it is to be changed. Raises NotFound."""
    found = session.get(Suppression, suppression_id, with_for_update=lock or None)
    if found is None or not who.covers(""):
        raise NotFound()
    return found
