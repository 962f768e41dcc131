"""Rules of units and of validity, and the files of the data folder."""

import csv
from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assignments.units import abbreviations, rules
from services.assignments.units.abbreviations import FILE
from services.assignments.validity import is_valid, overlap

days = st.dates(date(2020, 1, 1), date(2020, 1, 10))
ends = st.none() | days


class Period:
    """A validity."""

    def __init__(self, since: date, until: date | None) -> None:
        self.valid_from, self.valid_to = since, until


@given(days, ends, days, ends)
def test_periods_overlap_when_they_share_a_day(a: date, a_end: date | None, b: date, b_end: date | None) -> None:
    """Overlap is exactly: there is a day on which both are valid."""
    calendar = [date(2020, 1, n) for n in range(1, 15)]
    shared = any(is_valid(Period(a, a_end), day) and is_valid(Period(b, b_end), day) for day in calendar)
    assert overlap(a, a_end, b, b_end) == shared


def test_the_first_day_counts_and_the_end_does_not() -> None:
    """28789 is Xã Bình Phú until 30 June 2025 and Phường Bến Tre from 1 July."""
    old = Period(date(2004, 7, 8), date(2025, 7, 1))
    assert is_valid(old, date(2004, 7, 8)) and is_valid(old, date(2025, 6, 30))
    assert not is_valid(old, date(2025, 7, 1)) and not is_valid(old, date(2004, 7, 7))


def test_a_file_without_districts_is_of_the_two_tier_scheme() -> None:
    """The default first day follows from the levels present."""
    assert rules.default_valid_from({"province", "commune"}) == date(2025, 7, 1)
    assert rules.default_valid_from({"province", "district", "commune"}) == date(2004, 7, 8)


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Tỉnh Bến Tre", "Tỉnh", "BT"),
        ("Tỉnh Bà Rịa - Vũng Tàu", "Tỉnh", "BRVT"),
        ("Thành phố Đà Nẵng", "Thành phố", "DN"),
        ("Tỉnh", "Tỉnh", "T"),
    ],
)
def test_initials(name: str, kind: str, expected: str) -> None:
    """Folded capitals of the name without its kind."""
    assert rules.initials(name, kind) == expected


def test_every_province_has_an_abbreviation_of_its_own() -> None:
    """All 63 old and 34 new provinces are listed, under their names, and no two of a scheme share one."""
    listed: dict[str, dict[str, str]] = defaultdict(dict)
    with FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            listed[row["valid_from"]][row["code"]] = row["name"]
    for since, file in (("2004-07-08", "units-2025-06-30.csv"), ("2025-07-01", "units-2025-07-01.csv")):
        with (FILE.parent / file).open(encoding="utf-8") as lines:
            provinces = {row["code"]: row["name"] for row in csv.DictReader(lines) if row["level"] == "province"}
        assert listed[since] == provinces
        shorts = [short for day, _, short in abbreviations.listed() if str(day) == since]
        assert len(shorts) == len(set(shorts)) and all(short.isascii() and short.isupper() for short in shorts)


def test_the_abbreviation_is_that_of_the_scheme() -> None:
    """Code 15 is Yên Bái before the reform and Lào Cai after it."""
    listed = abbreviations.listed()
    assert rules.listed_abbreviation("83", date(2004, 7, 8), listed) == "BT"
    assert rules.listed_abbreviation("15", date(2025, 6, 30), listed) == "YB"
    assert rules.listed_abbreviation("15", date(2025, 7, 1), listed) == "LCA"
    assert rules.listed_abbreviation("97", date(2025, 7, 1), listed) is None
    assert rules.listed_abbreviation("83", date(2000, 1, 1), listed) is None
