"""Counting working time, against a slow reference that walks minute by minute."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.visits.calendar.days import Override, day_of
from services.visits.calendar.rules import Day, Span, WorkingTime, overlapping
from tests.support.slow_time import MINUTE, SlowTime, local

MORNING, AFTERNOON = Span(time(7, 30), time(11, 30)), Span(time(13, 30), time(17))
WEEK = {weekday: [MORNING, AFTERNOON] for weekday in range(5)}
SHORT = date(2026, 2, 23)
OVERRIDES = {
    date(2026, 2, 21): Override((MORNING, AFTERNOON), "Làm bù"),
    SHORT: Override((Span(time(9, 15), time(10, 5)),), "Gặp mặt đầu năm"),
    date(2026, 3, 3): Override((), "Nghỉ"),
}
DAY_OF = day_of(WEEK, OVERRIDES)
CALENDAR = WorkingTime(DAY_OF)
SLOW = SlowTime(DAY_OF)

# From the end of a year over Tết, the swapped days and an ordinary spring.
starts = st.integers(0, 110 * 24 * 60).map(lambda minutes: local(2025, 12, 24) + minutes * MINUTE)
amounts = st.integers(1, 20 * 450)


@settings(max_examples=150)
@given(starts, amounts)
def test_adding_is_what_the_slow_reference_adds(start: datetime, minutes: int) -> None:
    """To the minute, across Tết and the turn of the year."""
    assert CALENDAR.add(start, minutes * MINUTE) == SLOW.add(start, minutes)


@settings(max_examples=150)
@given(starts, amounts)
def test_subtracting_is_what_the_slow_reference_subtracts(end: datetime, minutes: int) -> None:
    """To the minute, backwards."""
    assert CALENDAR.subtract(end, minutes * MINUTE) == SLOW.subtract(end, minutes)


@settings(max_examples=100)
@given(starts, st.integers(0, 40 * 24 * 60))
def test_what_lies_between_is_what_the_slow_reference_counts(start: datetime, minutes: int) -> None:
    """Working minutes between two instants, in either direction."""
    end = start + minutes * MINUTE
    counted = SLOW.between(start, end)
    assert CALENDAR.between(start, end) == counted
    assert CALENDAR.between(end, start) == -counted


@given(starts, st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_what_was_added_lies_between(start: datetime, amount: timedelta) -> None:
    """Also over years, and to the microsecond."""
    end = CALENDAR.add(start, amount)
    assert CALENDAR.between(start, end) == amount
    assert CALENDAR.between(CALENDAR.subtract(end, amount), end) == amount


def test_tet_is_not_worked() -> None:
    """Eight working hours from the last afternoon before Tết 2026 end on the first morning after it."""
    ordinary = WorkingTime(day_of(WEEK, {}))
    assert ordinary.add(local(2026, 2, 13, 16), timedelta(hours=1)) == local(2026, 2, 13, 17)
    assert ordinary.add(local(2026, 2, 13, 16), timedelta(hours=2)) == local(2026, 2, 23, 8, 30)


def test_a_swapped_day_is_off_and_its_saturday_is_worked() -> None:
    """31 August 2026 is off, and Saturday 22 August is worked for it."""
    assert CALENDAR.day(date(2026, 8, 31)).spans == ()
    assert CALENDAR.day(date(2026, 8, 22)) == Day((MORNING, AFTERNOON), "Ngày làm bù")
    assert CALENDAR.day(date(2026, 8, 29)).spans == ()


def test_an_override_goes_before_the_holidays() -> None:
    """A day of Tết may be worked, and an ordinary day be off or short."""
    own = WorkingTime(day_of(WEEK, {date(2026, 2, 17): Override((MORNING,), "Trực")}))
    assert own.day(date(2026, 2, 17)).spans == (MORNING,)
    assert CALENDAR.day(date(2026, 3, 3)).spans == ()
    assert CALENDAR.closing(SHORT) == local(2026, 2, 23, 10, 5)


def test_working_days_end_with_the_hours_of_the_last_one() -> None:
    """The first day does not count; Tết, the weekend and days off are passed over."""
    assert CALENDAR.add_days(local(2026, 2, 13, 9), 1) == local(2026, 2, 21, 17)
    assert CALENDAR.add_days(local(2026, 2, 13, 9), 3) == local(2026, 2, 24, 17)
    assert CALENDAR.add_days(local(2026, 2, 15, 9), 0) == local(2026, 2, 21, 17)


def test_instants_are_in_utc() -> None:
    """Whatever zone they were given in."""
    assert CALENDAR.add(local(2026, 3, 9, 8), timedelta(0)).tzinfo is UTC
    assert CALENDAR.add(local(2026, 3, 9, 8), timedelta(hours=1)).isoformat() == "2026-03-09T02:00:00+00:00"


def test_a_calendar_without_working_time_is_refused() -> None:
    """Rather than searched for ever."""
    empty = WorkingTime(day_of({}, {}))
    for count in (
        lambda: empty.add(local(2026, 1, 1), MINUTE),
        lambda: empty.subtract(local(2026, 1, 1), MINUTE),
        lambda: empty.closing(date(2026, 1, 1)),
    ):
        with pytest.raises(ValueError, match="no working time"):
            count()
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(local(2026, 1, 1), -MINUTE)


def test_overlapping_spans_are_seen() -> None:
    """Also one that ends before it begins; spans that touch do not overlap."""
    assert not overlapping([AFTERNOON, MORNING])
    assert not overlapping([Span(time(8), time(9)), Span(time(9), time(10))])
    assert overlapping([Span(time(8), time(9)), Span(time(8, 59), time(10))])
    assert overlapping([Span(time(9), time(9))])
