"""Reading roles and what somebody may act as."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, cast, literal, null, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from services.assignments.absences.model import Absence
from services.assignments.absences.rules import State
from services.assignments.assignments.model import Assignment
from services.assignments.officials.model import Official
from services.assignments.posts.model import Post
from services.assignments.roles.model import PostPermission, Role, RoleGrant, RolePermission
from services.assignments.roles.rules import Capacity, capacities
from services.assignments.units.model import Unit
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def capacities_of(session: Session, official_id: UUID) -> list[Capacity]:
    """What an official may act as today, from the grants in force, and the assignments of their own and of those
    they stand in for."""
    today = clock.today()
    stood = _stood_for(official_id, today)
    held = and_(stood.c.official_id == Assignment.official_id, _one_of(stood.c.assignment_ids))
    posts = (
        select(Assignment.post_code.label("code"), PostPermission.scope, Unit.path)
        .join(Unit, Unit.id == Assignment.territory_id)
        .join(PostPermission, PostPermission.post_code == Assignment.post_code)
        .where(select(stood.c.official_id).where(held).exists(), valid_on(Assignment, today))
    )
    roles = (
        select(RoleGrant.role_code.label("code"), RolePermission.scope, Unit.path)
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .join(RolePermission, RolePermission.role_code == RoleGrant.role_code)
        .where(RoleGrant.official_id == official_id, valid_on(RoleGrant, today))
    )
    return capacities(session.execute(posts).all(), session.execute(roles).all())


def _stood_for(official_id: UUID, today: date) -> Any:
    """Oneself, and whoever is away today and has one stand in, also by way of others who are away themselves: their
    ids, each with the assignments it is about (null: all, and then also what falls to them by others' absence)."""
    every = cast(null(), ARRAY(Uuid))
    me = select(literal(official_id, Uuid).label("official_id"), every.label("assignment_ids"))
    stood = me.cte("stood", recursive=True)
    away = select(Absence.official_id, Absence.assignment_ids).where(
        Absence.substitute_id == stood.c.official_id,
        stood.c.assignment_ids.is_(None),
        Absence.state == State.APPROVED,
        valid_on(Absence, today),
    )
    return stood.union(away)


def _one_of(ids: Any) -> ColumnElement[bool]:
    return or_(ids.is_(None), Assignment.id == any_(ids))


def all_roles(session: Session, paging: dict[str, Any]) -> dict[str, Any]:
    """Roles by code, each with what it allows; they are the same everywhere."""
    return paginate(session, select(Role).options(selectinload(Role.permissions)), Role.code, **paging)


def role(session: Session, code: str) -> Role:
    """One role; raises NotFound."""
    found = session.get(Role, code)
    if found is None:
        raise NotFound()
    return found


def permissions_of_post(session: Session, post: str) -> list[PostPermission]:
    """What a post allows; raises NotFound."""
    if session.get(Post, post) is None:
        raise NotFound()
    wanted = select(PostPermission).where(PostPermission.post_code == post).order_by(PostPermission.scope)
    return list(session.scalars(wanted))


def _visible(who: Principal) -> ColumnElement[bool]:
    """A grant for a unit is seen by those whose territory holds it, one for everywhere by those who hold all."""
    return territory_filter(Unit.path, who)


def grants(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of grants, oldest first."""
    statement = (
        select(RoleGrant)
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .options(joinedload(RoleGrant.official).joinedload(Official.unit), joinedload(RoleGrant.unit))
        .where(_visible(who))
    )
    for name, column in (("official", RoleGrant.official_id), ("role", RoleGrant.role_code)):
        if filters[name] is not None:
            statement = statement.where(column == filters[name])
    if filters["at"]:
        statement = statement.where(valid_on(RoleGrant, filters["at"]))
    return paginate(session, statement, RoleGrant.id, limit=filters["limit"], cursor=filters["cursor"])


def grant(session: Session, grant_id: UUID, who: Principal, *, lock: bool = False) -> RoleGrant:
    """One grant inside the territory, locked if it is to be changed; raises NotFound."""
    statement = select(RoleGrant).outerjoin(Unit, Unit.id == RoleGrant.unit_id).where(RoleGrant.id == grant_id)
    if lock:
        statement = statement.with_for_update(of=RoleGrant)
    found = session.scalars(statement.where(_visible(who)).execution_options(populate_existing=lock)).one_or_none()
    if found is None:
        raise NotFound()
    return found
