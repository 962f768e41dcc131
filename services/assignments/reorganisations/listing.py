"""The list of a reorganisation: the units that begin and the successions, read, checked and kept as rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.database import insert_rows
from services.assignments.reorganisations.model import ListedUnit, Reorganisation, Succession
from services.assignments.reorganisations.reading import SuccessionRow, read_successions
from services.assignments.reorganisations.rules import New, together, tops
from services.assignments.reorganisations.situation import Situation
from services.assignments.units.importer import known, ranks_of, stored_units, tiers_of
from services.assignments.units.model import Unit
from services.assignments.units.placing import place
from services.assignments.units.reading import RowError, UnitRow, read
from services.assignments.validity import valid_on
from shared.errors import BadInput

COUNTED = ("beginning", "without_predecessor", "not_known_here", "not_taken")
_SHOWN = 200
_COLUMNS = ("code", "line", "name", "kind", "level", "parent_code", "latitude", "longitude")


def take(
    session: Session, made: Reorganisation, units: bytes, successors: bytes, provinces: Sequence[str] = ()
) -> dict[str, Any]:
    """Keep both lists, as far as they concern units known here, and of these provinces if some are named; returns
    the counts. Raises BadInput."""
    sheet = read(units, tiers_of(session))
    _refuse("units", sheet.errors)
    if dated := [row.line for row in sheet.rows if row.valid_from not in (None, made.effective_on) or row.valid_to]:
        vi, en = "đơn vị mới bắt đầu từ ngày có hiệu lực", "a new unit begins on the day of the reorganisation"
        _refuse("units", [RowError(line, "valid_from", vi, en) for line in dated])
    rows = {row.code: row for row in sheet.rows}
    listed, faults = read_successions(successors, rows)
    _refuse("successors", faults)
    in_force = select(Unit.code, Unit.province_code).where(valid_on(Unit, made.effective_on))
    province = {code: above for code, above in session.execute(in_force)}  # of each unit known here
    above = tops({code: New(code, row.level, row.parent_code, None, None) for code, row in rows.items()})
    here = [each for each in listed if each.old_code in province]
    if provinces:
        pairs = {(province[each.old_code], above[each.new_code]) for each in here}
        _check_whole(session, made, provinces, pairs)
        here = [each for each in here if province[each.old_code] in provinces]
    concerned = {above[each.new_code] for each in here}
    if not concerned:
        raise BadInput("None of these units is known here; import the units first.", field="successors")
    taken = {code: row for code, row in rows.items() if above[code] in concerned}
    _keep(session, made, taken, here, Counter(each.new_code for each in listed))
    levels = Counter(row.level for row in taken.values())
    lowest = set(taken) - {row.parent_code for row in taken.values()}
    named = {each.new_code for each in listed}
    return {
        "beginning": dict(sorted(levels.items())),
        "without_predecessor": sum(code not in named for code in lowest),
        "not_known_here": len({each.old_code for each in listed} - set(province)),
        "not_taken": len(rows) - len(taken),
    }


def _check_whole(
    session: Session, made: Reorganisation, provinces: Sequence[str], pairs: set[tuple[str, str]]
) -> None:
    """Raises BadInput unless these are provinces of the list, with all that become one with them."""
    if unknown := sorted(set(provinces) - {old for old, _ in pairs}):
        raise BadInput(f"The list has nothing of a province {', '.join(unknown)} known here.", field="provinces")
    group = together(pairs, provinces)
    if group == set(provinces):
        return
    named = select(Unit.code, Unit.name).where(valid_on(Unit, made.effective_on), Unit.code.in_(group))
    names = [f"{code} {name}" for code, name in session.execute(named.order_by(Unit.code))]
    raise BadInput(f"These belong together: {', '.join(names)}. Name all of them.", field="provinces")


def unit_rows(session: Session, made: Reorganisation) -> list[UnitRow]:
    """The units that begin, as the importer writes them."""
    listed = session.scalars(
        select(ListedUnit).where(ListedUnit.reorganisation_id == made.id).order_by(ListedUnit.line)
    )
    return [
        UnitRow(
            each.line, each.code, each.name, each.kind, each.level, each.parent_code, each.latitude, each.longitude,
            made.effective_on, None,
        )
        for each in listed
    ]  # fmt: skip


def check_fit(session: Session, made: Reorganisation, situation: Situation) -> None:
    """Raises BadInput unless the units that begin fit beside those that last once the others have ended."""
    stored = stored_units(session)
    rows, faults = unit_rows(session, made), []
    for row in rows:
        before = stored.get((row.code, made.effective_on))
        if before is not None and before["valid_to"] != made.effective_on:
            vi, en = f"mã {row.code} đã có từ ngày này", f"the unit {row.code} has begun on that day already"
            faults.append(RowError(row.line, "code", vi, en))
    after = {
        key: values | ({"valid_to": made.effective_on} if values["id"] in situation.fates else {})
        for key, values in stored.items()
    }
    _refuse("units", faults or place(rows, known(after), ranks_of(session))[1])


def _keep(
    session: Session,
    made: Reorganisation,
    units: dict[str, UnitRow],
    successions: list[SuccessionRow],
    predecessors: Counter[str],
) -> None:
    of = {"reorganisation_id": made.id}
    values = [
        of | {name: getattr(row, name) for name in _COLUMNS} | {"predecessors": predecessors[row.code]}
        for row in units.values()
    ]
    insert_rows(session, ListedUnit, values)
    rows = [of | {"old_code": row.old_code, "new_code": row.new_code, "whole": row.whole} for row in successions]
    insert_rows(session, Succession, rows)


def _refuse(field: str, faults: list[RowError]) -> None:
    if faults:
        first = sorted(faults)[:_SHOWN]
        told = [f"line {each.line}, {each.field or 'row'}: {each.reason_vi} / {each.reason_en}" for each in first]
        raise BadInput(f"{len(faults)} faults. {told[0]}", field=field, faults=told)
