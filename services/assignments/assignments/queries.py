"""Reading assignments."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from services.assignments.assignments.model import Assignment
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_NAMES = tuple(
    joinedload(each) for each in (Assignment.official, Assignment.unit, Assignment.cluster, Assignment.hamlet)
)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of assignments to places inside the territory, oldest record first; raises BadInput."""
    statement = (
        select(Assignment)
        .join(Assignment.territory)
        .options(contains_eager(Assignment.territory), *_NAMES)
        .where(territory_filter(Unit.path, who))
    )
    columns = {
        "official": Assignment.official_id,
        "post": Assignment.post_code,
        "cluster": Assignment.cluster_id,
        "hamlet": Assignment.hamlet_id,
    }
    for name, column in columns.items():
        if filters[name] is not None:
            statement = statement.where(column == filters[name])
    if filters["unit"]:
        unit = unit_on(session, filters["unit"], filters["at"] or clock.today(), "unit")
        statement = statement.where(Assignment.unit_id == unit.id)
    if filters["at"]:
        statement = statement.where(valid_on(Assignment, filters["at"]))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Assignment.id, **paging)


def one(session: Session, assignment_id: UUID, who: Principal, *, lock: bool = False) -> Assignment:
    """An assignment to a place inside the territory, locked if it is to be changed; raises NotFound."""
    if lock:
        session.execute(select(Assignment.id).where(Assignment.id == assignment_id).with_for_update(key_share=True))
    options = (joinedload(Assignment.territory), *_NAMES)
    assignment = session.get(Assignment, assignment_id, options=options, populate_existing=lock)
    if assignment is None or not who.covers(assignment.territory.path):
        raise NotFound()
    return assignment
