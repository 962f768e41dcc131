"""A sheet as a table: columns with their headings, rows with values read, every fault with its cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.assignments.sheets.cells import Odd, Raw, Reader, Wrong
from shared.text import fold

COMMENT = "#"  # a row whose first cell begins so is an example or a remark
MAX_ROWS = 20_000
MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable name, its Vietnamese heading, what its cells are, an example."""

    name: str
    label: str
    read: Reader
    about_vi: str
    about_en: str
    example: str = ""
    needed: bool = False  # of a new record
    private: bool = False  # shown to those only who may change it


class Fault(NamedTuple):
    """One fault: row and column as the spreadsheet counts them (row 1 is the first; "" for a whole row),
    the column's stable name, the reason twice."""

    row: int
    column: str
    field: str
    reason_vi: str
    reason_en: str

    @property
    def cell(self) -> str:
        """Where it is: C15, or 15 for a whole row."""
        return f"{self.column}{self.row}"


@dataclass(slots=True)
class Row:
    """One row: the values of the columns that the sheet has; None is an empty cell. What could not be read has its
    fault and is not there."""

    number: int
    values: dict[str, Any]
    unread: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def has(self, name: str) -> bool:
        """Whether the sheet says something of this, be it that it is empty."""
        return name in self.values


Lines = Sequence[tuple[int, Sequence[Raw]]]  # row numbers with their cells; empty rows are left out


class Found(NamedTuple):
    """A sheet read: its rows, and what is wrong so far; which column stands where."""

    rows: list[Row]
    faults: list[Fault]
    letters: dict[str, str]


def read_table(lines: Lines, columns: Sequence[Column]) -> Found:
    """Rows of a sheet by its heading: Vietnamese headings, stable names, or one row of each."""
    faults: list[Fault] = []
    if not lines:
        return Found([], [Fault(1, "", "", "tệp không có dữ liệu", "the file holds nothing")], {})
    heading, body = lines[0], lines[1:]
    names = _names(heading[1], columns)
    if body and _names_only(body[0][1], columns):
        heading, body, names = body[0], body[1:], _names(body[0][1], columns)
    by_place = _placed(heading, names, faults)
    if faults:
        return Found([], faults, {})
    letters = {column.name: letter(place) for place, column in by_place.items()}
    rows = [_row(number, cells, by_place, faults) for number, cells in body if not _is_remark(cells)]
    if not rows:
        faults.append(
            Fault(heading[0], "", "", "tệp chỉ có dòng tiêu đề", "the file has headings and nothing else")
        )
    return Found(rows, faults, letters)


def letter(place: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    out = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        out = chr(ord("A") + rest) + out
    return out


def _is_remark(cells: Sequence[Raw]) -> bool:
    return isinstance(cells[0], str) and cells[0].lstrip().startswith(COMMENT)


def _names(cells: Sequence[Raw], columns: Sequence[Column]) -> list[Column | None]:
    known = {fold(column.label): column for column in columns} | {column.name: column for column in columns}
    return [known.get(fold(cell)) if isinstance(cell, str) else None for cell in cells]


def _names_only(cells: Sequence[Raw], columns: Sequence[Column]) -> bool:
    names = {column.name for column in columns}
    filled = [cell for cell in cells if cell != ""]
    return bool(filled) and all(isinstance(cell, str) and cell.strip().lower() in names for cell in filled)


def _placed(
    heading: tuple[int, Sequence[Raw]], names: Sequence[Column | None], faults: list[Fault]
) -> dict[int, Column]:
    placed: dict[int, Column] = {}
    for place, (cell, column) in enumerate(zip(heading[1], names, strict=True)):
        said = cell if isinstance(cell, str) else "?"
        if column is None and said.strip():
            faults.append(
                Fault(heading[0], letter(place), said[:60], "cột không được biết", "this column is not known")
            )
        elif column in placed.values():
            assert column
            faults.append(Fault(heading[0], letter(place), column.name, "cột bị lặp", "the column appears twice"))
        elif column:
            placed[place] = column
    return placed


def _row(number: int, cells: Sequence[Raw], columns: dict[int, Column], faults: list[Fault]) -> Row:
    row = Row(number, {})
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else ""
        try:
            if isinstance(cell, Odd):
                raise Wrong(cell.reason_vi, cell.reason_en)
            # What is nothing but spaces is empty.
            row.values[column.name] = column.read(cell) if str(cell).strip() else None
        except Wrong as wrong:
            row.unread.add(column.name)
            faults.append(Fault(number, letter(place), column.name, wrong.reason_vi, wrong.reason_en))
    for place, cell in enumerate(cells):
        if place not in columns and str(cell).strip():
            faults.append(Fault(number, letter(place), "", "ô nằm ngoài các cột", "the cell lies in no column"))
    return row


Report = Callable[[Row, str, str, str], None]  # row, column's name, the reason in Vietnamese and in English


def reporter(faults: list[Fault], letters: dict[str, str]) -> Report:
    """What adds a fault to the others; none for a cell that has one already."""

    def report(row: Row, name: str, reason_vi: str, reason_en: str) -> None:
        if name not in row.unread:
            row.unread.add(name)
            faults.append(Fault(row.number, letters.get(name, ""), name, reason_vi, reason_en))

    return report
