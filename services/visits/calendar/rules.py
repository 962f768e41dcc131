"""Counting working time of Việt Nam. Pure.

Instants are laid on one line on which only working time passes; a table per year says how much of it lies before
each day. Adding and subtracting is then a look-up, whatever the distance. Việt Nam has no daylight saving time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from shared import clock
from shared.clock import LOCAL

_DAY = timedelta(days=1)
_YEARS_AHEAD = 50  # a calendar without any working time must not be searched for ever


class Span(NamedTuple):
    """Working hours without a break: from, up to and not including."""

    opens: time
    closes: time


class Day(NamedTuple):
    """The working hours of a day, and why it is not an ordinary one."""

    spans: tuple[Span, ...]
    note: str | None = None


class _Year(NamedTuple):
    days: list[Day]
    before: list[timedelta]  # working time before each day, and at last before the next year


class WorkingTime:
    """A calendar; `day_of` says what a local day is like. What was asked for once is remembered by year."""

    def __init__(self, day_of: Callable[[date], Day]) -> None:
        self._day_of = day_of
        self._years: dict[int, _Year] = {}

    def day(self, day: date) -> Day:
        """The working hours of a local day."""
        return self._year(day.year).days[day.timetuple().tm_yday - 1]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one instant to another; negative if `end` is the earlier one."""
        if end < start:
            return -self.between(end, start)
        first, last = (instant.astimezone(LOCAL) for instant in (start, end))
        passed = self._passed(last) - self._passed(first)
        return sum((self._total(year) for year in range(first.year, last.year)), passed)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant from `start` on by which so much working time has passed; in UTC.

        Raises ValueError for a negative amount, or when no working time comes any more."""
        if amount < timedelta(0):
            raise ValueError("a negative amount")
        if not amount:
            return start.astimezone(UTC)
        local = start.astimezone(LOCAL)
        year, wanted = local.year, self._passed(local) + amount
        while wanted > self._total(year):
            wanted -= self._total(year)
            year += 1
            if year > local.year + _YEARS_AHEAD:
                raise ValueError("the calendar has no working time")
        table = self._year(year)
        number = bisect_left(table.before, wanted) - 1  # the day on which it is reached
        return _reached(_day(year, number), table.days[number].spans, wanted - table.before[number])

    def subtract(self, end: datetime, amount: timedelta) -> datetime:
        """The latest instant up to `end` from which so much working time passes until it; in UTC. Raises ValueError
        as `add` does."""
        if amount < timedelta(0):
            raise ValueError("a negative amount")
        if not amount:
            return end.astimezone(UTC)
        local = end.astimezone(LOCAL)
        year, wanted = local.year, self._passed(local) - amount
        while wanted < timedelta(0):
            year -= 1
            wanted += self._total(year)
            if year < local.year - _YEARS_AHEAD:
                raise ValueError("the calendar has no working time")
        table = self._year(year)
        number = bisect_right(table.before, wanted) - 1  # the last day before which no more has passed
        return _left(_day(year, number), table.days[number].spans, wanted - table.before[number])

    def add_days(self, start: datetime, days: int) -> datetime:
        """The close of the last of so many working days; the day of `start` does not count."""
        day = clock.local_date(start)
        while days > 0:
            day += _DAY
            days -= bool(self.day(day).spans)
        return self.closing(day)

    def closing(self, day: date) -> datetime:
        """When the working hours of a day end; of the next working day if it is none."""
        day = self._working_day(day)
        return _instant(day, self.day(day).spans[-1].closes)

    def opening(self, day: date) -> datetime:
        """When the working hours of a day begin; of the next working day if it is none."""
        day = self._working_day(day)
        return _instant(day, self.day(day).spans[0].opens)

    def _working_day(self, day: date) -> date:
        last = day.year + _YEARS_AHEAD
        while not self.day(day).spans:
            day += _DAY
            if day.year > last:
                raise ValueError("the calendar has no working time")
        return day

    def _passed(self, local: datetime) -> timedelta:
        """The working time of the year before a local time."""
        table, number = self._year(local.year), local.timetuple().tm_yday - 1
        at = _since_midnight(local.time())
        spans = table.days[number].spans
        return sum(
            (
                min(max(at - _since_midnight(opens), timedelta(0)), _length(opens, closes))
                for opens, closes in spans
            ),
            table.before[number],
        )

    def _total(self, year: int) -> timedelta:
        return self._year(year).before[-1]

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            count = (date(year + 1, 1, 1) - date(year, 1, 1)).days
            days = [self._day_of(_day(year, number)) for number in range(count)]
            before = [timedelta(0)]
            for each in days:
                before.append(before[-1] + sum((_length(*span) for span in each.spans), timedelta(0)))
            self._years[year] = _Year(days, before)
        return self._years[year]


def overlapping(spans: Sequence[Span]) -> bool:
    """Whether spans overlap, or one of them ends before it begins."""
    ordered = sorted(spans)
    return any(span.closes <= span.opens for span in ordered) or any(
        later.opens < earlier.closes for earlier, later in pairwise(ordered)
    )


def _reached(day: date, spans: Sequence[Span], wanted: timedelta) -> datetime:
    for opens, closes in spans:
        length = _length(opens, closes)
        if wanted <= length:
            return _instant(day, opens) + wanted
        wanted -= length
    raise AssertionError("the day is shorter than its entry in the table of its year")


def _left(day: date, spans: Sequence[Span], wanted: timedelta) -> datetime:
    for opens, closes in spans:
        length = _length(opens, closes)
        if wanted < length:
            return _instant(day, opens) + wanted
        wanted -= length
    raise AssertionError("the day is shorter than its entry in the table of its year")


def _day(year: int, number: int) -> date:
    return date(year, 1, 1) + timedelta(days=number)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LOCAL).astimezone(UTC)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


@lru_cache(maxsize=1000)
def _length(opens: time, closes: time) -> timedelta:
    return _since_midnight(closes) - _since_midnight(opens)
