"""The one clock: UTC instants, days of Việt Nam, and a way for tests to stop time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen: datetime | None = None


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """The calendar day in Việt Nam on which an instant falls."""
    return instant.astimezone(LOCAL).date()


def today() -> date:
    """The calendar day in Việt Nam."""
    return local_date(now())


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Stop the clock of this process at an aware instant; for tests."""
    global _frozen
    before, _frozen = _frozen, instant.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
