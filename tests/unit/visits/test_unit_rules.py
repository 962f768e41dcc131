"""Paths, names and validity of places."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.units.rules import code_of, depth_of, exists_on, full_name, narrowed, prefixes

DAY = date(2025, 7, 1)

paths = st.lists(st.sampled_from(["83", "86", "829"]), max_size=3).map(
    lambda codes: "".join(f"{c}/" for c in codes)
)


def test_a_unit_does_not_exist_on_the_day_it_ends() -> None:
    """`valid_to` is the first day without it, so one unit ends and the next begins on the same date."""
    before, after = (date(2004, 7, 8), DAY), (DAY, None)
    assert (exists_on(DAY, *before), exists_on(DAY, *after)) == (False, True)


def test_a_path_knows_all_above_it() -> None:
    """The nearest comes first, as a full name is read."""
    assert prefixes("83/829/28789/") == ["83/829/28789/", "83/829/", "83/"]
    assert (code_of("83/829/28789/"), depth_of("83/829/28789/"), depth_of("")) == ("28789", 3, 0)
    assert full_name(["Xã A", "Huyện B", "Tỉnh C"]) == "Xã A, Huyện B, Tỉnh C"


@pytest.mark.parametrize(
    ("territories", "asked", "places"),
    [
        ([""], None, [""]),
        ([""], ["83/829/"], ["83/829/"]),
        (["83/829/"], ["83/"], ["83/829/"]),
        (["83/829/", "83/834/"], None, ["83/829/", "83/834/"]),
        (["83/", "83/834/"], None, ["83/"]),
        (["83/829/"], ["86/"], []),
        ([], None, []),
    ],
)
def test_a_client_sees_where_its_territory_meets_its_question(
    territories: list[str], asked: list[str] | None, places: list[str]
) -> None:
    """What is asked for outside of the territory is left out."""
    assert places == narrowed(territories, asked)


@given(st.lists(paths, max_size=4), st.none() | st.lists(paths, max_size=4), paths)
def test_narrowing_lets_through_exactly_what_lies_in_both(
    territories: list[str], asked: list[str] | None, path: str
) -> None:
    """A unit lies in one part of the answer, if and only if it lies in a territory and in a place asked for."""
    inside = any(path.startswith(each) for each in territories) and (
        asked is None or any(path.startswith(each) for each in asked)
    )
    assert int(inside) == sum(path.startswith(each) for each in narrowed(territories, asked))
