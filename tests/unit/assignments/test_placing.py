"""The checks of a file of units that need more than one line."""

from datetime import date

from services.assignments.units.placing import Known, dated, place
from services.assignments.units.reading import UnitRow

RANKS = {"province": 1, "district": 2, "commune": 3}
LEVELS = {2: "province", 3: "district", 5: "commune"}
OLD, NEW = date(2004, 7, 8), date(2025, 7, 1)


def row(line: int, code: str, parent: str = "", since: date = OLD, until: date | None = None) -> UnitRow:
    """A row; the length of the code says its level."""
    return UnitRow(line, code, f"Đơn vị {code}", "", LEVELS[len(code)], parent, None, None, since, until)


def stored(code: str, since: date = OLD, until: date | None = None, parent: str | None = None) -> Known:
    """A unit of the database."""
    return Known((code, since), LEVELS[len(code)], since, until, (parent, since) if parent else None, None)


def faults(*rows: UnitRow, known: tuple[Known, ...] = ()) -> list[tuple[int, str]]:
    """Line and field of each fault."""
    return [(error.line, error.field) for error in place(rows, known, RANKS)[1]]


def test_parents_are_found_in_the_file_whatever_the_order() -> None:
    """A commune may come before its district."""
    parents, errors = place([row(2, "28993", "834"), row(3, "834", "83"), row(4, "83")], [], RANKS)
    assert errors == [] and parents == {("28993", OLD): ("834", OLD), ("834", OLD): ("83", OLD)}


def test_parents_are_found_in_the_database() -> None:
    """A file may hold a part of what is there."""
    parents, errors = place([row(2, "28993", "834")], [stored("83"), stored("834", parent="83")], RANKS)
    assert errors == [] and parents == {("28993", OLD): ("834", OLD)}


def test_a_parent_must_be_valid_on_the_first_day() -> None:
    """A unit that has ended, or that begins later, is no parent."""
    assert faults(row(2, "29000", "83", NEW), known=(stored("83", OLD, NEW),)) == [(2, "parent_code")]
    assert faults(row(2, "83", since=NEW), row(3, "834", "83")) == [(3, "parent_code")]


def test_a_province_has_no_parent_and_all_others_have_one() -> None:
    """A parent too many and a parent too few are faults."""
    assert faults(row(2, "83"), row(3, "84", "83"), row(4, "834")) == [(3, "parent_code"), (4, "parent_code")]


def test_a_parent_stands_higher() -> None:
    """A unit under one of its own level, or of a lower one, is a fault."""
    rows = [row(2, "83"), row(3, "834", "83"), row(4, "835", "834"), row(5, "28993", "834"), row(6, "836", "28993")]
    assert faults(*rows) == [(4, "parent_code"), (6, "parent_code")]


def test_a_commune_stands_under_a_district_where_there_are_districts() -> None:
    """Directly under the province only in a province without districts."""
    assert faults(row(2, "83"), row(3, "834", "83"), row(4, "28993", "83")) == [(4, "parent_code")]
    assert faults(row(2, "86"), row(3, "28993", "86")) == []


def test_a_code_stands_once() -> None:
    """The second line of a code names the first; with another first day it is another unit."""
    assert faults(row(2, "83"), row(3, "83")) == [(3, "code")]
    assert faults(row(2, "83", until=NEW), row(3, "83", since=NEW)) == []


def test_validities_of_a_code_do_not_overlap() -> None:
    """Neither within the file nor with the database."""
    assert faults(row(2, "83"), row(3, "83", since=NEW)) == [(3, "code")]
    assert faults(row(2, "83", since=NEW), known=(stored("83"),)) == [(2, "code")]
    assert faults(row(2, "83", since=NEW), known=(stored("83", OLD, NEW),)) == []


def test_rows_get_their_dates() -> None:
    """The default first day where the row has none; the end that is known where the file says nothing of ends."""
    rows = [row(2, "83"), row(3, "84")]
    rows[0].valid_from = None
    dated(rows, NEW, {("83", NEW): date(2030, 1, 1)})
    assert [(each.valid_from, each.valid_to) for each in rows] == [(NEW, date(2030, 1, 1)), (OLD, None)]
