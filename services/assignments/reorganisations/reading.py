"""Reading a list of successions: CSV bytes to checked rows, every fault named by line and field."""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from services.assignments.units.reading import RowError

COLUMNS = ("old_code", "new_code", "extent")
EXTENTS = ("whole", "part")

_BOM = b"\xef\xbb\xbf"


class SuccessionRow(NamedTuple):
    """An old unit goes to a new one, whole or in part."""

    line: int
    old_code: str
    new_code: str
    whole: bool


def read_successions(data: bytes, new_codes: Collection[str]) -> tuple[list[SuccessionRow], list[RowError]]:
    """The rows of a file (see data/README.md) and its faults; `new_codes` are those that begin."""
    try:
        lines = data.removeprefix(_BOM).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return [], [RowError(1, "", "không phải UTF-8 hợp lệ", "not valid UTF-8")]
    if tuple(cell.strip() for cell in lines[0].split(",")) != COLUMNS:
        expected = ",".join(COLUMNS)
        return [], [RowError(1, "", f"dòng tiêu đề phải là {expected}", f"the header must be {expected}")]
    rows: list[SuccessionRow] = []
    faults: list[RowError] = []
    for number, cells in enumerate(csv.reader(line.rstrip("\r") for line in lines[1:]), start=2):
        if not any(cells):
            continue
        if fault := _fault(number, [cell.strip() for cell in cells], new_codes):
            faults.append(fault)
        else:
            old, new, extent = (cell.strip() for cell in cells)
            rows.append(SuccessionRow(number, old, new, extent == "whole"))
    return rows, faults + list(_between(rows))


def _fault(number: int, cells: list[str], new_codes: Collection[str]) -> RowError | None:
    if len(cells) != len(COLUMNS):
        vi = f"dòng có {len(cells)} cột, cần {len(COLUMNS)}"
        return RowError(number, "", vi, f"the line has {len(cells)} columns, expected {len(COLUMNS)}")
    old, new, extent = cells
    if not (old.isascii() and old.isdigit()):
        return RowError(number, "old_code", f"mã chỉ gồm chữ số: {old!r}", f"a code is digits only, not {old!r}")
    if new not in new_codes:
        vi, en = f"không có đơn vị mới mang mã {new!r}", f"no new unit has the code {new!r}"
        return RowError(number, "new_code", vi, en)
    if extent not in EXTENTS:
        return RowError(number, "extent", f"phải là whole hoặc part: {extent!r}", f"whole or part, not {extent!r}")
    return None


def _between(rows: Iterable[SuccessionRow]) -> Iterable[RowError]:
    by_old: dict[str, list[SuccessionRow]] = defaultdict(list)
    for row in rows:
        same = by_old[row.old_code]
        if any(each.new_code == row.new_code for each in same):
            yield RowError(row.line, "new_code", "dòng bị lặp", "the row appears twice")
        elif same and (row.whole or any(each.whole for each in same)):
            vi = f"{row.old_code} đã chuyển toàn bộ sang nơi khác"
            yield RowError(row.line, "extent", vi, f"{row.old_code} goes whole to one unit, and to another one too")
        same.append(row)
