"""Reading units."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.units.model import Level, Unit
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import BadInput, NotFound
from shared.prepared import Prepared
from shared.text import fold
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


class UnitName(NamedTuple):
    """What names a unit in an answer, and where it lies."""

    id: UUID
    code: str
    name: str
    path: str


_VALID = (
    "SELECT id, code, name, path FROM units WHERE valid_from <= :at AND (valid_to IS NULL OR valid_to > :at) AND "
)
_BY_ID = Prepared(f"{_VALID} id = :ref")
_BY_CODE = Prepared(f"{_VALID} code = :ref")


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of the units inside the territory, by path; raises BadInput for an unknown level or parent."""
    at = filters["at"] or clock.today()
    statement = select(Unit).where(territory_filter(Unit.path, who), valid_on(Unit, at))
    if filters["level"]:
        if session.get(Level, filters["level"]) is None:
            raise BadInput("There is no such level.", field="level")
        statement = statement.where(Unit.level == filters["level"])
    if filters["parent"]:
        statement = statement.where(Unit.parent_id == unit_on(session, filters["parent"], at, "parent").id)
    if filters["code"]:
        statement = statement.where(Unit.code == filters["code"])
    if filters["q"]:
        statement = statement.where(Unit.folded.contains(fold(filters["q"]), autoescape=True))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Unit.path, Unit.id, **paging)


def one(session: Session, unit_id: UUID, who: Principal) -> Unit:
    """A unit inside the territory; raises NotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None or not who.covers(unit.path):
        raise NotFound()
    return unit


def named(session: Session, ref: str | UUID, at: date) -> Unit | None:
    """The unit with this id, or with this code on that day."""
    if isinstance(ref, UUID):
        return session.get(Unit, ref)
    return session.scalars(select(Unit).where(Unit.code == ref, valid_on(Unit, at))).one_or_none()


def unit_on(session: Session, ref: str | UUID, at: date, field: str) -> Unit:
    """The unit named in `field` of the input, valid on that day; raises BadInput saying what is wrong with it."""
    unit = named(session, ref, at)
    if unit is None:
        since = select(Unit.valid_from).where(Unit.code == str(ref)).limit(1)
        known = session.scalar(since) is not None
        raise BadInput(f"No unit has this code on {at}." if known else "There is no such unit.", field=field)
    if not unit.is_valid(at):
        ended = unit.valid_to is not None and unit.valid_to <= at
        raise BadInput(f"This unit {'has ended' if ended else 'does not exist yet'} on {at}.", field=field)
    return unit


def name_on(session: Session, ref: str | UUID, at: date, field: str) -> UnitName:
    """As `unit_on`, for what is asked by the hundred a second: its name and place only, without an object."""
    row = (_BY_ID if isinstance(ref, UUID) else _BY_CODE).row(session, {"ref": ref, "at": at})
    if row is not None:
        return UnitName(*row)
    unit = unit_on(session, ref, at, field)  # it says what is wrong
    return UnitName(unit.id, unit.code, unit.name, unit.path)
