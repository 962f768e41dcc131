"""When something regular is due again."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.visits.cadence import rules
from services.visits.cadence.rules import Excuse, Period, State
from services.visits.followings.rules import Followed
from shared.ids import uuid7

START = date(2026, 1, 1)
DAYS = st.integers(0, 200).map(lambda days: START + timedelta(days=days))
PERIODS = st.lists(
    st.tuples(DAYS, st.integers(0, 60)).map(lambda each: Period(each[0], each[0] + timedelta(days=each[1]))),
    max_size=6,
)


@given(since=DAYS, every=st.integers(1, 120), excused=PERIODS)
def test_excused_days_are_not_counted(since: date, every: int, excused: list[Period]) -> None:
    """The day is the one that counting day by day, without those of any excused period, arrives at."""
    day, counted = since, 0
    while counted < every:
        day += rules.ONE_DAY
        counted += not any(period.first <= day <= period.last for period in excused)
    assert rules.due_on(since, every, excused) == day


@given(day=DAYS, due=DAYS, before=st.integers(0, 60))
def test_looking_again_is_always_later(day: date, due: date, before: int) -> None:
    """Nothing is looked at twice on one day, and no change of state is slept through."""
    state = rules.state_on(day, due, before)
    later = rules.next_look(state, day, due, before)
    assert later > day
    between = (day + timedelta(days=number) for number in range((later - day).days))
    assert {rules.state_on(each, due, before) for each in between} == {state}


def test_a_day_is_upcoming_then_due_then_overdue() -> None:
    """Due from the day of the reminder to the day itself, overdue the day after."""
    due = date(2026, 3, 31)
    days = {date(2026, 3, 23): State.UPCOMING, date(2026, 3, 24): State.DUE, due: State.DUE}
    assert {day: rules.state_on(day, due, 7) for day in days} == days
    assert rules.state_on(date(2026, 4, 1), due, 7) is State.OVERDUE


def test_an_excuse_frees_inside_its_unit_only() -> None:
    """Everywhere if it names none; never another person."""
    me, place = uuid7(), "83/829/28789/"
    held = Followed(
        uuid7(), me, "An", "commune_follower", "", "", "commune", uuid7(), "", place, None, (), START, None
    )
    period = Period(START, START)
    assert Excuse(me, None, period).frees(held)
    assert Excuse(me, "83/829/", period).frees(held)
    assert not Excuse(me, "83/834/", period).frees(held)
    assert not Excuse(uuid7(), None, period).frees(held)
