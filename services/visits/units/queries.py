"""Reading places: the unit named in a request, a hamlet, a look-up for forms."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.visits.units import rules
from services.visits.units.model import Hamlet, Succession, Unit
from shared import clock
from shared.errors import BadInput
from shared.text import fold
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

CODE = re.compile(r"[0-9]{2}|[0-9]{3}|[0-9]{5}")

_KEPT = 60.0  # seconds a unit is remembered; `issues.actions.report` checks its version again when it writes
_KEPT_AT_MOST = 20_000
_remembered: WeakKeyDictionary[object, dict[str, tuple[float, list["Place"]]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Place:
    """A unit and its full name, "Xã X, Huyện Y, Tỉnh Z"."""

    unit: Unit
    full_name: str


def named(session: Session, reference: str, *, fresh: bool = False) -> list[Place]:
    """The units of all times with this code or id; remembered for seconds, for they rarely change."""
    memory = _remembered.setdefault(session.bind, {})
    until, places = memory.get(reference, (0.0, []))
    if fresh or time.monotonic() > until:
        places = _read(session, reference)
        if len(memory) >= _KEPT_AT_MOST:
            memory.clear()
        if places:  # what is unknown now may be announced in a moment
            memory[reference] = (time.monotonic() + _KEPT, places)
    return places


def reporting_unit(session: Session, reference: str, *, fresh: bool = False) -> Place:
    """The commune of today with this code or id; raises BadInput naming `unit`."""
    places, today = named(session, reference, fresh=fresh), clock.today()
    place = next((each for each in places if each.unit.exists_on(today)), None)
    if not places:
        raise BadInput("There is no unit with this code or id.", field="unit")
    if place is None:
        unit = max((each.unit for each in places), key=lambda each: each.valid_from)
        raise BadInput(_why_not_there(unit, today), field="unit")
    if place.unit.level != rules.REPORTING_LEVEL:
        raise BadInput(f"{place.full_name} is no commune; issues are reported of communes.", field="unit")
    return place


def hamlet_of(session: Session, hamlet_id: UUID, unit: Unit) -> Hamlet:
    """A hamlet of today under that commune; raises BadInput naming `hamlet`."""
    hamlet = session.get(Hamlet, hamlet_id)
    if hamlet is None:
        raise BadInput("There is no hamlet with this id.", field="hamlet")
    if hamlet.unit_id != unit.id:
        raise BadInput(f"{hamlet.name} is no hamlet of {unit.name}.", field="hamlet")
    if not hamlet.exists_on(clock.today()):
        raise BadInput(_why_not_there(hamlet, clock.today()), field="hamlet")
    return hamlet


def paths_of(session: Session, place: str) -> list[str]:
    """The paths meant by a filter: a path itself ("83/829/"), or a code. Raises BadInput naming `unit`."""
    if rules.PATH.fullmatch(place):
        return [place]
    paths = sorted({each.unit.path for each in named(session, place)}) if CODE.fullmatch(place) else []
    if not paths:
        raise BadInput("Give a known unit code, or a path of codes such as 83/829/.", field="unit")
    return paths


def look_up(session: Session, who: Principal, filters: dict[str, Any]) -> dict[str, Any]:
    """A page of today's units whose code or name holds every word of `q`, by path; `filters`: UnitFilters."""
    today = clock.today()
    statement = select(Unit).where(
        territory_filter(Unit.path, who),
        Unit.valid_from <= today,
        or_(Unit.valid_to.is_(None), Unit.valid_to > today),
        *(Unit.folded.contains(word, autoescape=True) for word in fold(filters.get("q", "")).split()),
    )
    if filters.get("level"):
        statement = statement.where(Unit.level == filters["level"])
    keys: Any = (Unit.path, Unit.id)
    page = paginate(session, statement, *keys, limit=filters["limit"], cursor=filters["cursor"])
    return page | {"items": _places(session, page["items"])}


def heirs_of(session: Session, paths: Iterable[str]) -> dict[str, list[str]]:
    """The paths of the units that those with these paths have become in a reorganisation, where they have."""
    heirs: dict[str, list[str]] = {}
    wanted = select(Succession.unit_path, Succession.heir["path"].astext).where(Succession.undone.is_(False))
    left = set(paths)
    while left:
        found = session.execute(wanted.where(Succession.unit_path.in_(left - set(heirs)))).all()
        for path, heir in found:
            heirs.setdefault(path, []).append(heir)
        left = {heir for _, heir in found} - set(heirs)
    return {path: list(_heirs(path, heirs)) for path in heirs}


def _heirs(path: str, heirs: dict[str, list[str]]) -> Iterable[str]:
    """Of one path, and theirs in turn."""
    for heir in heirs.get(path, ()):
        yield heir
        yield from _heirs(heir, heirs)


def _read(session: Session, reference: str) -> list[Place]:
    if CODE.fullmatch(reference):
        wanted = Unit.code == reference
    else:
        try:
            wanted = Unit.id == UUID(reference)
        except ValueError:
            return []
    units = session.scalars(select(Unit).where(wanted)).all()
    for unit in units:
        session.expunge(unit)  # it is remembered: a later rollback must not empty it
    return _places(session, units)


def _places(session: Session, units: Sequence[Unit]) -> list[Place]:
    """Units with their full names; the names above are those of the same time."""
    above = {path for unit in units for path in rules.prefixes(unit.path)[1:]}
    found = session.execute(
        select(Unit.path, Unit.name, Unit.valid_from, Unit.valid_to)
        .where(Unit.path.in_(sorted(above)))
        .order_by(Unit.path, Unit.valid_from)
    ).all()
    today = clock.today()
    return [Place(unit, rules.full_name(_names(unit, found, today))) for unit in units]


def _names(unit: Unit, above: Iterable[object], today: date) -> Iterable[str]:
    day = today if unit.exists_on(today) else unit.valid_from
    then = {row.path: row.name for row in above if rules.exists_on(day, row.valid_from, row.valid_to)}  # type: ignore[attr-defined]
    yield unit.name
    for path in rules.prefixes(unit.path)[1:]:
        if path in then:
            yield then[path]


def _why_not_there(place: Unit | Hamlet, today: date) -> str:
    if place.valid_from > today:
        return f"{place.name} begins on {place.valid_from:%d/%m/%Y}."
    return f"{place.name} ended on {place.valid_to:%d/%m/%Y}."
