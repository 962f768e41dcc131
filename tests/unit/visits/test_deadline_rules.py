"""Policies and what they make due."""

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.visits.calendar.days import day_of
from services.visits.calendar.rules import Span, WorkingTime
from services.visits.deadlines import rules
from services.visits.deadlines.rules import Facts, Policy, Target
from services.visits.issues.rules import Kind, Severity
from shared.clock import LOCAL

HOURS = [Span(time(7, 30), time(11, 30)), Span(time(13, 30), time(17))]
CALENDAR = WorkingTime(day_of(dict.fromkeys(range(5), HOURS), {}))
MONDAY = datetime(2026, 3, 9, 8, tzinfo=LOCAL)
FACTS = Facts("pressing", "water", "high", "commune")

some = st.sampled_from
policies = st.builds(
    Policy,
    code=st.text("abc", min_size=1),
    target=some(rules.DEADLINES),
    kind=some([None, "pressing", "proposal"]),
    category=some([None, "water", "land"]),
    severity=some([None, "high", "low"]),
    tier=some([None, "commune"]),
    amount=st.integers(1, 9),
    measure=some(list(rules.Measure)),
    warn_hours=st.integers(0, 9),
    climbs=st.booleans(),
)


def policy(code: str, **named: str) -> Policy:
    """A policy for acceptance that names what is given."""
    facts: dict[str, Any] = dict.fromkeys(("kind", "category", "severity", "tier")) | named
    return Policy(code, Target.ACCEPTANCE, **facts, amount=8, measure="working_hours", warn_hours=2, climbs=True)


def paused(at: datetime, due_at: datetime, warn_at: datetime | None = None) -> SimpleNamespace:
    """A timer whose clock stands since `at`."""
    return SimpleNamespace(paused_at=at, due_at=due_at, warn_at=warn_at)


def test_a_policy_names_what_issues_have() -> None:
    """The kinds and severities are those of the issues."""
    assert tuple(Kind) == rules.KINDS
    assert tuple(Severity) == rules.SEVERITIES


def test_the_most_specific_policy_counts() -> None:
    """Two facts go before one, and of one the category first; what names something else does not fit."""
    general, urgent, water = policy("general"), policy("urgent", severity="high"), policy("water", category="water")
    both, other = (
        policy("both", category="water", severity="high"),
        policy("other", category="land", kind="pressing"),
    )
    assert rules.chosen([general, other], FACTS) == [general]
    assert rules.chosen([general, urgent, other], FACTS) == [urgent]
    assert rules.chosen([urgent, water, general], FACTS) == [water]
    assert rules.chosen([urgent, water, both, general], FACTS) == [both]


@given(st.lists(policies))
def test_each_target_has_one_policy_that_fits(given_: list[Policy]) -> None:
    """None is chosen that does not fit, none left out that does, and the order they stand in does not matter."""
    chosen = rules.chosen(given_, FACTS)
    assert all(each.fits(FACTS) for each in chosen)
    assert [each.target for each in chosen] == [
        target for target in rules.DEADLINES if any(each.target == target and each.fits(FACTS) for each in given_)
    ]
    if len({each.code for each in given_}) == len(given_):
        assert rules.chosen(reversed(given_), FACTS) == chosen


def test_hours_and_days_are_counted_apart() -> None:
    """Working hours run at once; days begin with the next one and end with working hours."""
    friday = datetime(2026, 3, 13, 16, tzinfo=LOCAL)
    assert rules.due(CALENDAR, friday, 2, "working_hours").due_at == datetime(2026, 3, 16, 8, 30, tzinfo=LOCAL)
    assert rules.due(CALENDAR, friday, 2, "working_days").due_at == datetime(2026, 3, 17, 17, tzinfo=LOCAL)
    assert rules.due(CALENDAR, friday, 2, "days").due_at == datetime(2026, 3, 16, 17, tzinfo=LOCAL)
    assert rules.due(CALENDAR, friday, 4, "days").due_at == datetime(2026, 3, 17, 17, tzinfo=LOCAL)


def test_the_warning_comes_before_it() -> None:
    """So many working hours; not at all if that is no later than the start."""
    warn_at, due_at = rules.due(CALENDAR, MONDAY, 8, "working_hours", 2)
    assert (warn_at, due_at) == (
        datetime(2026, 3, 9, 16, tzinfo=LOCAL),
        datetime(2026, 3, 10, 8, 30, tzinfo=LOCAL),
    )
    assert rules.due(CALENDAR, MONDAY, 2, "working_hours", 2).warn_at is None


@given(st.integers(0, 3000), st.integers(0, 9000), st.integers(1, 60))
def test_a_pause_takes_no_working_time(before: int, pause: int, amount: int) -> None:
    """The working time before the pause and after it is the amount that was given."""
    due_at = rules.due(CALENDAR, MONDAY, amount, "working_hours").due_at
    stopped = MONDAY + timedelta(minutes=before)
    if stopped >= due_at:
        return
    resumed = stopped + timedelta(minutes=pause)
    new = rules.resumed(CALENDAR, paused(stopped, due_at), resumed).due_at
    assert CALENDAR.between(MONDAY, stopped) + CALENDAR.between(resumed, new) == timedelta(hours=amount)
    assert new >= resumed


def test_a_warning_moves_with_the_end() -> None:
    """Unless it was given before the pause."""
    warn_at, due_at = rules.due(CALENDAR, MONDAY, 8, "working_hours", 2)
    day = timedelta(days=1)
    assert rules.resumed(CALENDAR, paused(MONDAY, due_at, warn_at), MONDAY + day) == (
        CALENDAR.add(MONDAY + day, timedelta(hours=6)),
        CALENDAR.add(MONDAY + day, timedelta(hours=8)),
    )
    late = datetime(2026, 3, 9, 16, 45, tzinfo=LOCAL)
    assert rules.resumed(CALENDAR, paused(late, due_at, warn_at), late + day).warn_at == warn_at


def test_what_is_settled_was_accepted_and_answered() -> None:
    """A later target is met together with those before it; a step of the ladder stands alone."""
    assert list(rules.met_with("resolution")) == ["first_response", "acceptance", "resolution"]
    assert list(rules.met_with("first_response")) == ["first_response"]
    assert list(rules.met_with("step")) == ["step"]
