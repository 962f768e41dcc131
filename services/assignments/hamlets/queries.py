"""Reading hamlets."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from services.assignments.hamlets.model import Hamlet
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.text import fold
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of the hamlets inside the territory, by name; raises BadInput for an unknown unit."""
    at = filters["at"] or clock.today()
    statement = (
        select(Hamlet)
        .join(Hamlet.unit)
        .options(contains_eager(Hamlet.unit))
        .where(territory_filter(Unit.path, who), valid_on(Hamlet, at))
    )
    if filters["unit"]:
        statement = statement.where(Hamlet.unit_id == unit_on(session, filters["unit"], at, "unit").id)
    if filters["q"]:
        statement = statement.where(Hamlet.folded.contains(fold(filters["q"]), autoescape=True))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Hamlet.folded, Hamlet.id, **paging)


def one(session: Session, hamlet_id: UUID, who: Principal, *, lock: bool = False) -> Hamlet:
    """A hamlet inside the territory, locked if it is to be changed; raises NotFound."""
    hamlet = session.get(Hamlet, hamlet_id, with_for_update=lock or None)
    if hamlet is None or not who.covers(hamlet.unit.path):
        raise NotFound()
    return hamlet
