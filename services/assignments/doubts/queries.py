"""Reading doubts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.doubts.model import Doubt
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of the doubts inside the territory, newest first."""
    statement = select(Doubt).where(territory_filter(Doubt.unit_path, who))
    if filters["official"]:
        statement = statement.where(Doubt.official_id == filters["official"])
    if filters["settled"] is not None:
        settled = Doubt.settled_at.is_not(None) if filters["settled"] else Doubt.settled_at.is_(None)
        statement = statement.where(settled)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Doubt.raised_at, Doubt.id, descending=True, **paging)


def one(session: Session, doubt_id: UUID, who: Principal, *, lock: bool = False) -> Doubt:
    """A doubt inside the territory, locked if it is to be changed; raises NotFound."""
    doubt = session.get(Doubt, doubt_id, with_for_update=True if lock else None)
    if doubt is None or not who.covers(doubt.unit_path):
        raise NotFound()
    return doubt


def known(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these doubts that were raised before."""
    return set(session.scalars(select(Doubt.id).where(Doubt.id.in_(ids))))
