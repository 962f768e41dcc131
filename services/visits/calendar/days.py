"""What a day is like: hours of its weekday, holidays with their swaps, and what people have set otherwise. Pure.

The holidays and the swaps announced so far come from the package `holidays`; those of a year to come are announced
each year, and a province may have days of its own: an override says so and goes before everything else.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from holidays.countries.vietnam import Vietnam

from services.visits.calendar.rules import Day, Span


class Override(NamedTuple):
    """A day set by hand: no spans, no work."""

    spans: tuple[Span, ...]
    note: str


class _Holidays(NamedTuple):
    off: Mapping[date, str]
    made_up: frozenset[date]  # weekend days worked in exchange


def day_of(hours: Mapping[int, Sequence[Span]], overrides: Mapping[date, Override]) -> Callable[[date], Day]:
    """The function that `WorkingTime` asks; `hours` by weekday, Monday is 0."""

    def found(day: date) -> Day:
        if override := overrides.get(day):
            return Day(override.spans, override.note)
        known = _holidays(day.year)
        if name := known.off.get(day):
            return Day((), name)
        if day in known.made_up:
            return Day(ordinary(hours), "Ngày làm bù")
        return Day(tuple(sorted(hours.get(day.weekday(), ()))))

    return found


def ordinary(hours: Mapping[int, Sequence[Span]]) -> tuple[Span, ...]:
    """The hours of a day worked in exchange: those of the first weekday that has any."""
    return next((tuple(sorted(hours[weekday])) for weekday in range(7) if hours.get(weekday)), ())


@cache
def _holidays(year: int) -> _Holidays:
    known = Vietnam(years=year, language="vi")
    swapped = getattr(known, "weekend_workdays", ())
    return _Holidays(dict(known.items()), frozenset(day for day in swapped if day.year == year))
