"""Periods, states and reminders of situation reports; states of information requests."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.information import rules as information
from services.visits.reports import rules
from services.visits.reports.rules import Deadline, Move, Period, State
from shared.clock import LOCAL
from shared.errors import BadInput, RuleBroken

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
deadlines = st.builds(Deadline, st.integers(0, 60), st.integers(0, 60), st.integers(1, 30))


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_what_the_table_does_not_have_is_refused(state: State, move: Move) -> None:
    """A move gives the state in the table, and without a row there it is a broken rule."""
    if (state, move) in rules.ALLOWED:
        assert rules.ALLOWED[state, move] == rules.after(state, move)
    else:
        with pytest.raises(RuleBroken):
            rules.after(state, move)


@pytest.mark.parametrize(("state", "move"), list(product(information.State, information.Move)))
def test_requests_move_by_their_table(state: information.State, move: information.Move) -> None:
    """The same holds of information requests."""
    if (state, move) in information.ALLOWED:
        assert information.ALLOWED[state, move] == information.after(state, move)
    else:
        with pytest.raises(RuleBroken):
            information.after(state, move)


@given(st.sampled_from(Period), days)
def test_periods_follow_one_another_without_gap(period: Period, day: date) -> None:
    """Each day lies in its period, and the next period begins on the day after its end."""
    first, last = rules.bounds(period, day)
    assert first <= day <= last
    assert rules.bounds(period, first) == rules.bounds(period, last) == (first, last)
    assert rules.bounds(period, last + timedelta(days=1))[0] == last + timedelta(days=1)


def test_a_week_is_monday_to_sunday_and_a_month_ends_when_it_ends() -> None:
    """Also in a leap year."""
    assert rules.bounds(Period.WEEK, date(2026, 3, 5)) == (date(2026, 3, 2), date(2026, 3, 8))
    assert rules.bounds(Period.MONTH, date(2028, 2, 10)) == (date(2028, 2, 1), date(2028, 2, 29))


@given(days, st.integers(-100, 200), deadlines)
def test_the_next_reminder_is_the_first_of_its_days_after_today(due: date, offset: int, rule: Deadline) -> None:
    """The days are: so many before it is due, the day after, and then every so many days."""
    today = due + timedelta(days=offset)
    late = due + timedelta(days=1)
    all_days = [due - timedelta(days=rule.remind_before_days)]
    all_days += [late + timedelta(days=n * rule.chase_every_days) for n in range(400)]
    found = rules.next_chase(due, today, rule)
    assert found.astimezone(LOCAL).date() == min(day for day in all_days if day > today)
    assert found.astimezone(LOCAL).hour == rules.CHASE_HOUR


def test_only_empty_sections_are_missing() -> None:
    """Blanks are not a text."""
    assert rules.missing({"a": "x", "b": " \n"}, ["a", "b", "c"]) == ["b", "c"]


def test_money_is_written_as_in_viet_nam() -> None:
    """Dots between the thousands."""
    assert [rules.amount(n) for n in (0, 999, 60_000_000)] == ["0", "999", "60.000.000"]


@pytest.mark.parametrize("move", information.Move)
def test_a_move_takes_its_details_and_no_others(move: information.Move) -> None:
    """What is needed is asked for by name, what is out of place is refused by name."""
    every = {"text": "x", "by": "y", "files": ["f"], "reason": "z", "due_on": date(2026, 3, 2)}
    takes = information.NEEDED[move] + information.OPTIONAL.get(move, ())
    good: dict[str, object] = {name: value for name, value in every.items() if name in takes}
    information.check_details(move, good)
    for name in information.NEEDED[move]:
        with pytest.raises(BadInput) as caught:
            information.check_details(move, good | {name: None})
        assert caught.value.field == name
    for name in set(every) - set(takes):
        with pytest.raises(BadInput) as caught:
            information.check_details(move, good | {name: every[name]})
        assert caught.value.field == name


def test_an_answer_is_due_from_today_on_and_an_extension_extends() -> None:
    """Yesterday, a day too far away, and an extension that is none are refused."""
    today = date(2026, 3, 2)
    information.check_due(today, today)
    for wrong in (date(2026, 3, 1), date(2027, 3, 4)):
        with pytest.raises(BadInput):
            information.check_due(wrong, today)
    with pytest.raises(BadInput):
        information.check_due(date(2026, 3, 5), today, later_than=date(2026, 3, 5))
