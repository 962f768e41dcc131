"""What a kind of sheet is: its columns, how its rows become records, how its records become rows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, bindparam, inspect, select
from sqlalchemy.orm import Session

from services.assignments.sheets.cells import Reader
from services.assignments.sheets.table import Column, Report, Row
from services.assignments.units.model import Unit
from shared.messaging.events import NewEvent
from shared.web.auth import Principal

CHUNK = 2000  # rows fetched at once where all are read

Progress = Callable[[str, int, int], None]  # the phase, rows done of it, rows in all


class Change(NamedTuple):
    """What a row changes in a known record: the row's number, the column's stable name, the value before and after
    (of a place its code)."""

    row: int
    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Settled:
    """What the rows come to, once all is well: records to add, records that were changed, how many stay as they
    are. The records are in the session's memory only; nothing was flushed."""

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)

    def change(self, record: Any, row: Row) -> None:
        """A known record says something else now: what, among the columns of the sheet."""
        self.changed.append(record)
        state = inspect(record)
        for name in row.values:
            if name in state.attrs and (history := state.attrs[name].history).has_changes():
                before, after = (_shown(next(iter(each or ()), None)) for each in (history.deleted, history.added))
                self.changes.append(Change(row.number, name, before, after))


def _shown(value: Any) -> Any:
    return value if value is None or not hasattr(value, "__table__") else value.code or str(value.id)


Settle = Callable[[Session, Principal, Sequence[Row], Report], Settled]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of sheet."""

    code: str
    name_vi: str
    name_en: str
    columns: tuple[Column, ...]
    settle: Settle  # loads with a constant number of statements, then looks at row after row
    tell: Callable[[Any], NewEvent] | None  # the event of a record; None: settling has written already
    rows: Callable[[Session, Principal, str | None], Iterator[Sequence[Any]]]  # as the columns; inside a path
    flat: bool = True  # a record is one row of one table
    everywhere: bool = False  # holds everywhere: only for those whose territory is everything

    def __post_init__(self) -> None:
        assert self.columns[0].name == "id" or self.everywhere


def id_column(read: Reader) -> Column:
    """The first column of every sheet of records with ids."""
    return Column(
        "id",
        "Mã hệ thống",
        read,
        "Mã do hệ thống cấp; để trống khi thêm mới.",
        "This system's id of the record; empty for a new one.",
    )


def any_of(column: Any, values: Iterable[Any]) -> Any:
    """The rows whose column has one of the values, however many: one parameter."""
    kind = Uuid() if isinstance(column.type, Uuid) else Text()
    return column == any_(bindparam(None, list(values), ARRAY(kind)))


class Units:
    """The units that rows name by code, whatever day."""

    def __init__(self, session: Session, codes: Collection[str]) -> None:
        self._by_code: dict[str, list[Unit]] = {}
        for unit in session.scalars(select(Unit).where(any_of(Unit.code, codes))):
            self._by_code.setdefault(unit.code, []).append(unit)

    def on(self, code: str, at: date, row: Row, name: str, report: Report) -> Unit | None:
        """The unit with this code on that day; reports why there is none."""
        same = self._by_code.get(code, [])
        for unit in same:
            if unit.is_valid(at):
                return unit
        shown = f"{at:%d/%m/}{at.year}"
        if same:
            report(
                row, name, f"không đơn vị nào mang mã {code} vào ngày {shown}", f"no unit has code {code} on {at}"
            )
        else:
            report(row, name, f"không có đơn vị mang mã {code}", f"there is no unit with code {code}")
        return None


def texts(rows: Iterable[Row], *names: str) -> set[str]:
    """What stands in these columns."""
    return {row[name] for row in rows for name in names if row[name] is not None}


def check_inside(who: Principal, path: str, row: Row, name: str, report: Report) -> bool:
    """Reports a place outside the territory."""
    if who.covers(path):
        return True
    report(row, name, "ngoài địa bàn của bạn", "outside your territory")
    return False


def check_needed(row: Row, columns: Iterable[Column], report: Report) -> bool:
    """Reports what a new record lacks."""
    missing = [column for column in columns if column.needed and row[column.name] is None]
    for column in missing:
        report(row, column.name, "bắt buộc khi thêm mới", "needed for a new record")
    return not missing


class Once:
    """Each record is named by one row at the most."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._first: dict[Any, int] = {}

    def __call__(self, key: Any, row: Row, name: str) -> bool:
        """False, with a report, if an earlier row has named it."""
        first = self._first.setdefault(key, row.number)
        if first == row.number:
            return True
        self._report(row, name, f"trùng với dòng {first}", f"the same as row {first}")
        return False


def with_prefix(column: Any, path: str | None) -> list[ColumnElement[bool]]:
    """The condition that a path lies inside another, if one is asked for."""
    return [column.startswith(path, autoescape=True)] if path else []
