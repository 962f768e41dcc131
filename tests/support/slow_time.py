"""Working time counted minute by minute: what the fast calendar is held against."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache

from services.visits.calendar.rules import Day
from shared.clock import LOCAL

MINUTE = timedelta(minutes=1)


class SlowTime:
    """A calendar that walks."""

    def __init__(self, day_of: Callable[[date], Day]) -> None:
        @cache
        def minutes(day: date) -> frozenset[int]:
            spans = day_of(day).spans
            clock = ((minute, time(minute // 60, minute % 60)) for minute in range(24 * 60))
            return frozenset(minute for minute, at in clock if any(opens <= at < closes for opens, closes in spans))

        self._minutes = minutes

    def works(self, instant: datetime) -> bool:
        """Whether the minute that begins here is a working minute."""
        here = instant.astimezone(LOCAL)
        return here.hour * 60 + here.minute in self._minutes(here.date())

    def add(self, start: datetime, minutes: int) -> datetime:
        """Minute after minute."""
        at = start
        while minutes:
            minutes -= self.works(at)
            at += MINUTE
        return at

    def subtract(self, end: datetime, minutes: int) -> datetime:
        """Minute before minute."""
        at = end
        while minutes:
            at -= MINUTE
            minutes -= self.works(at)
        return at

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working minutes from one whole minute to a later one."""
        count, at = 0, start
        while at < end:
            count += self.works(at)
            at += MINUTE
        return count * MINUTE


def local(*parts: int) -> datetime:
    """An instant by its time in Việt Nam: year, month, day, hour, minute."""
    return datetime(*parts, tzinfo=LOCAL)  # type: ignore[arg-type,misc]
