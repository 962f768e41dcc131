"""The import of a file of units: all of it in one transaction, or nothing and every fault."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from services.assignments.database import insert_rows, update_rows
from services.assignments.units import abbreviations
from services.assignments.units.model import Kind, Level, Unit
from services.assignments.units.placing import Key, Known, dated, key_of, place
from services.assignments.units.reading import RowError, Tiers, UnitRow, read
from services.assignments.units.rules import (
    default_valid_from,
    free_abbreviation,
    listed_abbreviation,
    path_of,
    unit_changed,
)
from shared.ids import uuid7
from shared.messaging.outbox import record_many
from shared.text import fold

_IMPORT_LOCK = 0x0CA00002
_BATCH = 1000

_UNITS = cast(Table, Unit.__table__)

Progress = Callable[[int, int], None]
Values = dict[str, Any]


@dataclass(frozen=True)
class ImportReport:
    """What an import did: counts of units, or the faults for which nothing was imported."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_units(
    session: Session, path: str | Path, valid_from: date | None = None, progress: Progress | None = None
) -> ImportReport:
    """Import a CSV of units (see data/README.md), in any order of rows; never commits.

    A unit is known by its code and first day. That day is the row's own, else `valid_from`, else the first day of
    the scheme the file is of. Importing again changes nothing. `progress(done, total)` counts written units.
    Raises OSError if the file cannot be read; what is wrong in it is in the report."""
    sheet = read(Path(path).read_bytes(), tiers_of(session))
    stored = stored_units(session)
    ends = None if "valid_to" in sheet.columns else {key: values["valid_to"] for key, values in stored.items()}
    dated(sheet.rows, valid_from or default_valid_from({row.level for row in sheet.rows}), ends)
    if sheet.errors:
        _, faults = place(sheet.rows, known(stored), ranks_of(session))
        return ImportReport(errors=sorted(sheet.errors + faults))
    return write_units(session, sheet.rows, stored, progress)


def tiers_of(session: Session) -> Tiers:
    """The levels and kinds that rows are checked against."""
    lengths = {level.code: level.code_length for level in session.scalars(select(Level))}
    return Tiers(lengths, {kind.code: kind.level for kind in session.scalars(select(Kind))})


def ranks_of(session: Session) -> dict[str, int]:
    """The rank of each level; it grows downwards."""
    return {level.code: level.rank for level in session.scalars(select(Level))}


def stored_units(session: Session) -> dict[Key, Values]:
    """All units of all times; nobody else writes any until this transaction ends."""
    # Two imports at once would not see one another's units, nor their overlaps.
    session.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))
    return {(row.code, row.valid_from): dict(row._mapping) for row in session.execute(select(_UNITS))}


def write_units(
    session: Session, rows: Sequence[UnitRow], stored: Mapping[Key, Values], progress: Progress | None = None
) -> ImportReport:
    """Write checked, dated rows beside what is stored, or nothing if they do not fit; never commits."""
    ranks = ranks_of(session)
    parents, faults = place(rows, known(stored), ranks)
    if faults:
        return ImportReport(errors=sorted(faults))
    units = _merged(rows, parents, stored)
    names = {kind.code: kind.name_vi for kind in session.scalars(select(Kind))}
    _derive(sorted(units.values(), key=lambda unit: ranks[unit["level"]]), names)
    return _write(session, units, stored, len(rows), progress)


def known(stored: Mapping[Key, Values]) -> list[Known]:
    """The units stored, as the checks between rows take them."""
    keys = {values["id"]: key for key, values in stored.items()}
    return [
        Known(key, unit["level"], unit["valid_from"], unit["valid_to"], keys.get(unit["parent_id"]), None)
        for key, unit in stored.items()
    ]


def _merged(rows: Sequence[UnitRow], parents: Mapping[Key, Key], stored: Mapping[Key, Values]) -> dict[Key, Values]:
    """All units as they will stand, those of the database included; what is derived still to be filled in."""
    units = {key: dict(values) for key, values in stored.items()}
    for row in rows:
        unit = units.setdefault(key_of(row), {"id": uuid7(), "version": 0, "province_abbreviation": None})
        unit |= {
            "code": row.code,
            "name": row.name,
            "folded": fold(row.name),
            "kind": row.kind,
            "level": row.level,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }
    for row in rows:
        parent = parents.get(key_of(row))
        units[key_of(row)]["parent_id"] = units[parent]["id"] if parent else None
    return units


def _derive(units: Sequence[Values], kind_names: Mapping[str, str]) -> None:
    """Fill in path and province, from the top down; a moved unit moves all that stand under it."""
    by_id: dict[UUID, Values] = {unit["id"]: unit for unit in units}
    listed = abbreviations.listed()
    taken = {short for _, _, short in listed} | {unit["province_abbreviation"] for unit in units}
    for unit in units:
        if unit["parent_id"] is None:
            # An abbreviation once given stays: issue codes carry it.
            unit["province_abbreviation"] = (
                unit["province_abbreviation"]
                or listed_abbreviation(unit["code"], unit["valid_from"], listed)
                or free_abbreviation(unit["code"], unit["name"], kind_names[unit["kind"]], taken)
            )
            taken.add(unit["province_abbreviation"])
            unit |= {"path": path_of("", unit["code"]), "province_code": unit["code"]}
        else:
            parent = by_id[unit["parent_id"]]
            unit |= {name: parent[name] for name in ("province_code", "province_abbreviation")}
            unit["path"] = path_of(parent["path"], unit["code"])


def _write(
    session: Session,
    units: Mapping[Key, Values],
    stored: Mapping[Key, Values],
    rows: int,
    progress: Progress | None,
) -> ImportReport:
    created = [unit for key, unit in units.items() if key not in stored]
    changed = [unit for key, unit in units.items() if key in stored and unit != stored[key]]
    # Parents first: shorter paths stand higher.
    written = sorted(created, key=lambda unit: unit["path"].count("/")) + changed
    for unit in written:
        unit["version"] += 1
    for start in range(0, len(written), _BATCH):
        batch = written[start : start + _BATCH]
        fresh = [unit for unit in batch if unit["version"] == 1]
        if fresh:
            insert_rows(session, Unit, fresh)
        if len(fresh) < len(batch):
            update_rows(session, Unit, [unit for unit in batch if unit["version"] > 1])
        record_many(session, [(unit_changed(unit), None) for unit in batch])
        if progress:
            progress(start + len(batch), len(written))
    touched = len(created) + len(changed)
    return ImportReport(len(created), len(changed), max(rows - touched, 0))
