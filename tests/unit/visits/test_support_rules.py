"""What goes with money, and what with goods."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.support.rules import WHAT, Kind, check_day, check_what
from shared.errors import BadInput

GOOD = {
    Kind.MONEY: [{"amount": 1}],
    Kind.GOODS: [
        {"goods": "Gạo", "quantity": 1, "measure": "tấn"},
        {"goods": "Gạo", "quantity": 1, "measure": "tấn", "estimated_value": 5},
    ],
}


@given(st.sampled_from(Kind), st.dictionaries(st.sampled_from(WHAT), st.sampled_from([None, 1])))
def test_each_kind_has_its_own_facts(kind: Kind, given_: dict[str, Any]) -> None:
    """Accepted is exactly what a kind needs and may have; anything else is refused naming a fact of the list."""
    there = {name for name, value in given_.items() if value is not None}
    if there in [set(good) for good in GOOD[kind]]:
        check_what(kind, given_)
    else:
        with pytest.raises(BadInput) as caught:
            check_what(kind, given_)
        assert caught.value.field in WHAT


def test_what_was_not_given_yet_is_not_recorded() -> None:
    """Today is a day on which something can have been given, tomorrow is not."""
    check_day(date(2026, 3, 2), date(2026, 3, 2))
    with pytest.raises(BadInput):
        check_day(date(2026, 3, 3), date(2026, 3, 2))
