"""Reading officials."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session, contains_eager

from services.assignments.officials.model import Official
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from shared import clock
from shared.errors import BadInput, Forbidden, NotFound
from shared.text import fold
from shared.web.auth import Principal, official_in, territory_filter
from shared.web.paging import paginate

ACTS_FOR_OTHERS = "assignments:write"


def visible(who: Principal) -> ColumnElement[bool]:
    """An official is seen by those whose territory holds the home unit, and by those whose territory it holds:
    a district reads the provincial officials who follow its communes."""
    above = [literal(prefix).startswith(Unit.path) for prefix in who.territories]
    return or_(territory_filter(Unit.path, who), *above)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of officials in Vietnamese order of given names; raises BadInput for an unknown unit."""
    statement = select(Official).join(Official.unit).options(contains_eager(Official.unit)).where(visible(who))
    if filters["q"]:
        statement = statement.where(Official.folded.contains(fold(filters["q"]), autoescape=True))
    if filters["unit"]:
        home = unit_on(session, filters["unit"], clock.today(), "unit")
        statement = statement.where(Official.unit_id == home.id)
    if filters["staff_code"]:
        statement = statement.where(func.lower(Official.staff_code) == filters["staff_code"].lower())
    if filters["active"] is not None:
        statement = statement.where(Official.active.is_(filters["active"]))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Official.sort_key, Official.id, **paging)


def one(session: Session, official_id: UUID, who: Principal, *, lock: bool = False) -> Official:
    """An official this client may see, locked if it is to be changed; raises NotFound."""
    statement = select(Official).join(Official.unit).where(Official.id == official_id, visible(who))
    if lock:
        # The weaker lock: recording an assignment of this official takes no stronger one.
        statement = statement.with_for_update(of=Official, key_share=True)
    official = session.scalars(statement.execution_options(populate_existing=lock)).one_or_none()
    if official is None:
        raise NotFound()
    return official


def named(session: Session, official_id: UUID, who: Principal) -> Official:
    """The official named in `official` of the input, locked: changes of one person's assignments take turns.
    Raises BadInput."""
    try:
        return one(session, official_id, who, lock=True)
    except NotFound as error:
        raise BadInput("There is no such official.", field="official") from error


def visible_official(session: Session, official_id: UUID, who: Principal) -> Official | None:
    """The official, if this client may see one with that id."""
    statement = select(Official).join(Official.unit).where(Official.id == official_id, visible(who))
    return session.scalars(statement).one_or_none()


def names_of(session: Session, client_ids: Iterable[str]) -> dict[str, str]:
    """The full names of those of these who are officials, as `Principal.client_id` has them: for who may read what
    they have done."""
    ids = {each: official_in(each) for each in client_ids}
    wanted = select(Official.id, Official.full_name).where(Official.id.in_(filter(None, ids.values())))
    names = {row.id: row.full_name for row in session.execute(wanted)}
    return {asking: names[official] for asking, official in ids.items() if official in names}


def check_acting_for(who: Principal, official_id: UUID) -> None:
    """Raises Forbidden unless whoever asks is this official, or may change what is recorded of others."""
    if who.official != official_id and not who.may(ACTS_FOR_OTHERS):
        raise Forbidden(f"Only the official can say this, or a client with the scope {ACTS_FOR_OTHERS}.")


def several(session: Session, ids: Iterable[UUID], who: Principal) -> dict[UUID, Official]:
    """Those of these officials whom the client may see, locked as by `named`."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    statement = select(Official).join(Official.unit).where(Official.id.in_(wanted), visible(who))
    statement = statement.order_by(Official.id).with_for_update(of=Official, key_share=True)
    return {each.id: each for each in session.scalars(statement.execution_options(populate_existing=True))}


def take_turns(session: Session, official: Official) -> Official:
    """The official, locked as by `named`, whether the client may see the home unit or not."""
    session.execute(select(Official.id).where(Official.id == official.id).with_for_update(key_share=True))
    return official
