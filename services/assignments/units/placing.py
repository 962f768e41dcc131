"""Which unit stands under which: the checks of an import that need more than one line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from services.assignments.units.reading import RowError, UnitRow
from services.assignments.validity import is_valid, overlap

Key = tuple[str, date]


class Known(NamedTuple):
    """A unit of the file (with its line) or of the database (line None)."""

    key: Key
    level: str
    valid_from: date
    valid_to: date | None
    parent: Key | None
    line: int | None


def dated(rows: Iterable[UnitRow], default: date, stored_ends: Mapping[Key, date | None] | None) -> None:
    """Give each row its validity. `stored_ends`, when the file says nothing about ends, are those known."""
    for row in rows:
        row.valid_from = row.valid_from or default
        if stored_ends is not None:
            row.valid_to = stored_ends.get(key_of(row))


def key_of(row: UnitRow) -> Key:
    """The code and the first day; the row must be dated."""
    assert row.valid_from
    return row.code, row.valid_from


def place(
    rows: Iterable[UnitRow], stored: Iterable[Known], ranks: Mapping[str, int]
) -> tuple[dict[Key, Key], list[RowError]]:
    """The parent of each row, and the faults between lines; a line's own faults are not repeated."""
    faults: list[RowError] = []
    fresh: dict[Key, UnitRow] = {}
    for row in rows:
        if (first := fresh.setdefault(key_of(row), row)) is not row:
            vi, en = f"mã trùng với dòng {first.line}", f"the code is that of line {first.line} again"
            faults.append(RowError(row.line, "code", vi, en))
    by_code: dict[str, list[Known]] = defaultdict(list)
    for known in stored:
        if known.key not in fresh:
            by_code[known.key[0]].append(known)
    for key, row in fresh.items():
        by_code[row.code].append(Known(key, row.level, key[1], row.valid_to, None, row.line))
    faults += _overlaps(by_code)
    parents: dict[Key, Key] = {}
    levels_under: dict[Key, set[str]] = defaultdict(set)
    for known in stored:
        if known.parent and known.key not in fresh:
            levels_under[known.parent].add(known.level)
    for row in sorted(fresh.values(), key=lambda row: ranks.get(row.level, 0)):
        parent, reasons = _parent_of(row, by_code, ranks, levels_under)
        faults += [RowError(row.line, "parent_code", vi, en) for vi, en in reasons]
        if parent:
            parents[key_of(row)] = parent.key
            levels_under[parent.key].add(row.level)
    return parents, faults


def _overlaps(by_code: Mapping[str, list[Known]]) -> Iterable[RowError]:
    for code, same in by_code.items():
        # One that ended on its first day (a reorganisation that was undone) overlaps nothing.
        same = sorted((each for each in same if each.valid_from != each.valid_to), key=lambda each: each.valid_from)
        for before, after in pairwise(same):
            if overlap(before.valid_from, before.valid_to, after.valid_from, after.valid_to):
                line = after.line or before.line
                if line:
                    vi = f"mã {code} còn hiệu lực từ {before.valid_from:%d/%m/%Y}: hai thời hạn chồng nhau"
                    yield RowError(
                        line, "code", vi, f"code {code} is already valid since {before.valid_from}: they overlap"
                    )


def _parent_of(
    row: UnitRow,
    by_code: Mapping[str, list[Known]],
    ranks: Mapping[str, int],
    levels_under: Mapping[Key, set[str]],
) -> tuple[Known | None, list[tuple[str, str]]]:
    rank = ranks.get(row.level)
    code = row.parent_code
    if rank is None:
        return None, []
    if rank == min(ranks.values()):
        extra = [("cấp cao nhất không có đơn vị cha", "the highest level has no parent")] if code else []
        return None, extra
    if not code:
        return None, [("thiếu đơn vị cha", "the parent is missing")]
    valid = [known for known in by_code.get(code, ()) if is_valid(known, key_of(row)[1])]
    # The file's own unit before a stored one that it overlaps (which is a fault, told where it belongs).
    parent = min(valid, key=lambda known: known.line is None, default=None)
    if parent is None:
        return None, [(f"không có đơn vị cha mang mã {code}", f"there is no parent with code {code}")]
    above = ranks.get(parent.level)
    # Where districts stand between, a commune belongs to one of them.
    skipped = above and any(above < ranks[level] < rank for level in levels_under.get(parent.key, ()))
    if above is not None and (above >= rank or skipped):
        vi, en = (
            f"đơn vị cha {code} không đúng cấp",
            f"the parent {code} is of level {parent.level}: wrong for this row",
        )
        return None, [(vi, en)]
    return parent, []
