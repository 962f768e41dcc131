"""Reads of webhook endpoints."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, select, true
from sqlalchemy.orm import Session

from services.notifications.webhooks.model import Endpoint
from shared.errors import Forbidden, NotFound
from shared.web.auth import Principal
from shared.web.paging import paginate


def check_everywhere(who: Principal) -> None:
    """Officials belong to no territory here, so webhooks are set up by whose territory is everything.
    Raises Forbidden."""
    if not who.covers(""):
        raise Forbidden("Webhooks are set up by whose territory is everything.")


def listing(session: Session, who: Principal, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of endpoints, newest first; none for whose territory is not everything."""
    statement = select(Endpoint).where(true() if who.covers("") else false())
    return paginate(session, statement, Endpoint.id, limit=limit, cursor=cursor, descending=True)


def one(session: Session, endpoint_id: UUID, who: Principal, *, lock: bool = False) -> Endpoint:
    """An endpoint, locked if it is to be changed. Raises NotFound, also for whose territory is not everything."""
    found = session.get(Endpoint, endpoint_id, with_for_update=lock or None)
    if found is None or not who.covers(""):
        raise NotFound()
    return found


def endpoints_of(session: Session, officials: Iterable[UUID]) -> dict[UUID | None, Endpoint]:
    """The active endpoints of these officials, and under None the one of everybody else."""
    wanted = or_(Endpoint.official_id.in_(sorted(set(officials))), Endpoint.official_id.is_(None))
    found = session.scalars(select(Endpoint).where(wanted, Endpoint.active))
    return {each.official_id: each for each in found}
