"""Quiet hours and digest times, held against a clock that is read minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.preferences.quiet import Quiet, Window, digest, holidays_of, opens

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EVERY_DAY = frozenset(range(7))
MINUTE = timedelta(minutes=1)
NIGHTS = Quiet((Window(EVERY_DAY, time(21), time(6)),))


def local(*when: int, zone: ZoneInfo = VIETNAM) -> datetime:
    """An instant by the wall clock."""
    return datetime(*when, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type, misc]


def by_the_minute(quiet: Quiet, now: datetime, zone: ZoneInfo, times: frozenset[time] | None = None) -> datetime:
    """The slow reference: looks at the wall clock every minute until it is good."""
    moment = now
    if times is None and not quiet.holds(now.astimezone(zone)):
        return now
    moment = moment.replace(second=0, microsecond=0) + MINUTE
    while True:
        shown = moment.astimezone(zone)
        if not quiet.holds(shown) and (times is None or shown.time() in times):
            return moment
        moment += MINUTE


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((2026, 3, 2, 20, 59), (2026, 3, 2, 20, 59)),
        ((2026, 3, 2, 21, 0), (2026, 3, 3, 6, 0)),
        ((2026, 3, 3, 0, 0), (2026, 3, 3, 6, 0)),
        ((2026, 3, 3, 5, 59), (2026, 3, 3, 6, 0)),
        ((2026, 3, 3, 6, 0), (2026, 3, 3, 6, 0)),
    ],
)
def test_quiet_hours_over_midnight(now: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """What comes at night is held until the morning, to the minute."""
    assert opens(NIGHTS, local(*now), VIETNAM) == local(*expected)


def test_over_tet() -> None:
    """Tết of 2026 (14 to 22 February, as announced) is off: what comes on the eve waits for the day after."""
    tet = [date(2026, 2, day) for day in range(16, 21)]
    assert all(day in holidays_of(2026) for day in tet)
    quiet = NIGHTS._replace(holidays_off=True, weekdays_off=frozenset({5, 6}))
    assert opens(quiet, local(2026, 2, 13, 22, 0), VIETNAM) == local(2026, 2, 23, 6, 0)
    own = NIGHTS._replace(days_off=((date(2026, 2, 14), date(2026, 2, 24)),))
    assert opens(own, local(2026, 2, 14, 9, 0), VIETNAM) == local(2026, 2, 25, 6, 0)


def test_a_day_begins_when_the_clock_of_the_setting_says() -> None:
    """Sunday off: at 18:00 UTC on Saturday it has begun in Việt Nam, and not in New York."""
    sunday_off, now = Quiet(weekdays_off=frozenset({6})), datetime(2026, 3, 7, 18, tzinfo=UTC)
    assert opens(sunday_off, now, VIETNAM) == local(2026, 3, 9, 0, 0)
    assert opens(sunday_off, now, ZoneInfo("America/New_York")) == now


def test_an_hour_shown_twice_is_quiet_twice_and_one_left_out_never() -> None:
    """Clocks in Berlin: back from 03:00 to 02:00 on 25 October 2026, forward from 02:00 to 03:00 on 29 March."""
    berlin = ZoneInfo("Europe/Berlin")
    quiet = Quiet((Window(EVERY_DAY, time(1), time(2, 30)),))
    night = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)  # 02:00, the first time
    assert opens(quiet, night, berlin) == night + timedelta(minutes=30)
    assert opens(quiet, night + timedelta(hours=1), berlin) == night + timedelta(minutes=90)
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30
    assert opens(quiet, spring, berlin) == spring + timedelta(minutes=30)  # 03:00


windows = st.builds(
    Window,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 17, 30])),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 17, 59])),
)
quiets = st.builds(
    Quiet,
    windows=st.lists(windows, max_size=3).map(tuple),
    weekdays_off=st.frozensets(st.integers(0, 6), max_size=3),
    holidays_off=st.booleans(),
    days_off=st.just(())
    | st.just(((date(2026, 3, 28), date(2026, 3, 30)), (date(2026, 10, 25), date(2026, 10, 25)))),
)
# Just before Tết, before clocks change (Berlin; Cairo, at midnight; Lord Howe, by half an hour), and at random.
moments = st.sampled_from(
    [datetime(2026, 2, 13), datetime(2026, 3, 28, 22), datetime(2026, 10, 24, 12), datetime(2026, 4, 23, 20)]
).flatmap(lambda day: st.integers(0, 1900).map(lambda n: (day + n * MINUTE).replace(tzinfo=UTC)))
zones = st.sampled_from(
    ["Asia/Ho_Chi_Minh", "America/New_York", "Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe"]
).map(ZoneInfo)


@settings(max_examples=50)
@given(quiets, moments, zones)
def test_the_end_of_quiet_is_where_a_minute_by_minute_look_finds_it(
    quiet: Quiet, now: datetime, zone: ZoneInfo
) -> None:
    """Whatever the quiet hours, the days off and the zone."""
    found = opens(quiet, now, zone)
    if found is None:  # such wishes are refused; see fault()
        assert opens(Quiet(quiet.windows, quiet.weekdays_off), datetime(2024, 1, 1, tzinfo=UTC), zone) is None
    else:
        assert found == by_the_minute(quiet, now, zone)


@settings(max_examples=30)
@given(
    quiets,
    st.frozensets(st.sampled_from([time(0), time(2, 30), time(7, 30), time(23, 59)]), min_size=1),
    moments,
    zones,
)
def test_the_next_digest_is_where_a_minute_by_minute_look_finds_it(
    quiet: Quiet, times: frozenset[time], now: datetime, zone: ZoneInfo
) -> None:
    """After now, at one of the times, not in quiet."""
    found = digest(quiet, times, now, zone)
    if found is not None:
        assert found > now and found == by_the_minute(quiet, now, zone, times)
