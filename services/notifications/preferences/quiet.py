"""When somebody wishes not to be disturbed: quiet hours by the wall clock, days off, holidays. Pure.

All of it is read off the wall clock of one time zone, also where that clock is put forward or back: an hour shown
twice is quiet twice, an hour left out never is.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from holidays.countries.vietnam import Vietnam

HORIZON = 90  # days: longer than any days off in a row that are taken (rules.LONGEST_OFF)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Window(NamedTuple):
    """Quiet from `starts` up to `ends`, on the next day if that is no later; `weekdays` are those it starts on."""

    weekdays: frozenset[int]  # Monday is 0
    starts: time
    ends: time


class Quiet(NamedTuple):
    """When somebody is not to be disturbed."""

    windows: tuple[Window, ...] = ()
    weekdays_off: frozenset[int] = frozenset()
    holidays_off: bool = False
    days_off: tuple[tuple[date, date], ...] = ()  # first and last

    def off(self, day: date) -> bool:
        """Whether a whole day is off."""
        if day.weekday() in self.weekdays_off or (self.holidays_off and day in holidays_of(day.year)):
            return True
        return any(first <= day <= last for first, last in self.days_off)

    def holds(self, shown: datetime) -> bool:
        """Whether it is quiet while the wall clock shows this."""
        return self.off(shown.date()) or any(_within(window, shown) for window in self.windows)


def _within(window: Window, shown: datetime) -> bool:
    at, today = shown.time(), shown.weekday()
    if window.starts < window.ends:
        return today in window.weekdays and window.starts <= at < window.ends
    return (today in window.weekdays and at >= window.starts) or (
        (today - 1) % 7 in window.weekdays and at < window.ends
    )


@cache
def holidays_of(year: int) -> frozenset[date]:
    """The public holidays of Việt Nam, with the days given in exchange that have been announced."""
    return frozenset(Vietnam(years=year))


def opens(quiet: Quiet, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant from `now` on that is not quiet, in UTC; None if there is none within the horizon."""
    if not quiet.holds(now.astimezone(zone)):
        return now
    ends = {time.min, *(window.ends for window in quiet.windows)}
    return _first(now, zone, ends, quiet, changes=True)


def digest(quiet: Quiet, times: Iterable[time], now: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant after `now` at which the wall clock shows one of the times and it is not quiet, in UTC;
    None if there is none within the horizon."""
    return _first(now, zone, set(times), quiet, changes=False)


def _first(now: datetime, zone: ZoneInfo, times: set[time], quiet: Quiet, *, changes: bool) -> datetime | None:
    """The first instant after `now` that is not quiet, of those at which the clock shows one of the times or, with
    `changes`, is put forward or back."""
    today, found = now.astimezone(zone).date(), None
    for number in range(-1, HORIZON):
        day = today + number * _DAY
        moments = [*_instants(day, times, zone), *(_changes(day, zone) if changes else ())]
        # Where the clock is put back over midnight, two days' hours are mixed: so a day more is looked at.
        good = [each for each in moments if each > now and not quiet.holds(each.astimezone(zone))]
        if found:
            return min([found, *good])
        found = min(good, default=None)
    return found


def _instants(day: date, times: Iterable[time], zone: ZoneInfo) -> Iterator[datetime]:
    """When the wall clock shows these times on that day: never, once or twice each."""
    for each in times:
        for fold in (0, 1):
            instant = datetime.combine(day, each, zone).replace(fold=fold).astimezone(UTC)
            if instant.astimezone(zone).replace(tzinfo=None, fold=0) == datetime.combine(day, each):
                yield instant


@lru_cache(maxsize=2_000)
def _changes(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instant at which the clock is put forward or back around that day, if it is."""
    low = datetime.combine(day, time.min, UTC) - _DAY
    high = low + 3 * _DAY
    if low.astimezone(zone).utcoffset() == high.astimezone(zone).utcoffset():
        return ()
    before = low.astimezone(zone).utcoffset()
    while high - low > _MINUTE:
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return (high,)
