"""What a due timer calls for, and how far an issue should have climbed."""

from datetime import datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.visits.calendar.days import day_of
from services.visits.calendar.rules import Span, WorkingTime
from services.visits.deadlines.rules import DEADLINES, LADDER, Target
from services.visits.escalations.waiting import Times
from services.visits.issues.rules import ALLOWED, Move, State
from services.visits.ladder.rules import Standing, Verdict, reason, step_by_now, verdict
from tests.support.slow_time import MINUTE, SlowTime, local

HOURS = (Span(time(7, 30), time(11, 30)), Span(time(13, 30), time(17)))
DAY_OF = day_of(dict.fromkeys(range(5), HOURS), {})
CALENDAR, SLOW = WorkingTime(DAY_OF), SlowTime(DAY_OF)
OPEN = {state for state in State if (state, Move.ESCALATE) in ALLOWED}
LAST = 3

standings = st.builds(Standing, st.sampled_from(list(State)), st.integers(0, LAST), st.just(LAST))
waits = st.none() | st.integers(1, 12)


@pytest.mark.parametrize(("target", "state"), list(product(Target, State)))
def test_nothing_climbs_after_the_end(target: Target, state: State) -> None:
    """Whatever timer is due: a closed issue is left alone."""
    if state not in OPEN:
        assert verdict(target, 1, True, Standing(state, 1, LAST)) == Verdict.MOOT


@given(st.sampled_from(LADDER), st.integers(0, LAST), standings)
def test_the_ladder_waits_only_where_it_was(target: Target, timer_step: int, standing: Standing) -> None:
    """A timer of another step or state is moot: the issue has moved on since."""
    waits_in = {Target.STEP: State.ESCALATED, Target.RENOTIFY: State.ACKNOWLEDGED}[target]
    there = standing.state == waits_in and standing.step == timer_step
    assert (verdict(target, timer_step, True, standing) == Verdict.MOOT) == (not there)


def test_at_the_last_step_people_are_reminded() -> None:
    """Nobody stands above."""
    assert verdict(Target.STEP, LAST, True, Standing(State.ESCALATED, LAST, LAST)) == Verdict.REMIND
    assert verdict(Target.RENOTIFY, 1, True, Standing(State.ACKNOWLEDGED, 1, LAST)) == Verdict.CLIMB


@given(st.sampled_from(DEADLINES), st.booleans(), standings)
def test_a_deadline_does_not_carry_higher_what_the_ladder_waits_with(
    target: Target, climbs: bool, standing: Standing
) -> None:
    """Nor does one whose policy says so, nor above the last step: it is told only."""
    found = verdict(target, None, climbs, standing)
    if standing.state in OPEN:
        waiting = standing.state in (State.ESCALATED, State.ACKNOWLEDGED)
        assert (found == Verdict.CLIMB) == (climbs and not waiting and standing.step < LAST)


@settings(max_examples=60)
@given(
    st.lists(waits, min_size=1, max_size=5),
    st.integers(0, 5 * 24 * 60),
    st.integers(0, 6 * 24 * 60),
    st.integers(0, 4),
)
def test_an_issue_stands_where_the_slow_reference_says(
    hours: list[int | None], due: int, later: int, step: int
) -> None:
    """The reference walks the ladder minute by minute, a climb whenever a step's time is over."""
    steps = {number: Times(wait, None, "working_hours") for number, wait in enumerate(hours, start=1)}
    step = min(step, len(hours) - 1)
    start = local(2026, 2, 12) + due * MINUTE
    now = start + later * MINUTE
    assert step_by_now(CALENDAR, steps, step, start, now) == _slow_step(hours, step, start, now)


def _slow_step(hours: list[int | None], step: int, due_at: datetime, now: datetime) -> int:
    left: int | None = None
    at, step = due_at, step + 1
    while step < len(hours):
        wait = hours[step - 1]
        if wait is None:
            return step
        left = wait * 60 if left is None else left
        while left:
            if at >= now:
                return step
            left -= SLOW.works(at)
            at += MINUTE
        step, left = step + 1, None
    return step


def test_the_reason_names_what_was_passed() -> None:
    """People read why they are told, and that the steps between were told with them."""
    due_at = local(2026, 3, 9, 8, 30)
    assert reason("step", 1, 2, due_at) == (
        "Hệ thống tự động chuyển lên cấp 2: cấp 1 không xác nhận trong thời hạn (đến 08:30 ngày 09/03/2026)."
    )
    assert "Thời hạn của cấp 2, 3 cũng đã qua" in reason("step", 1, 4, due_at)
    for target in Target:
        assert "tự động" in reason(target, 0, 1, due_at + timedelta(0))
