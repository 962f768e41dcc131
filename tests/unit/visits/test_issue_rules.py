"""States, moves, steps and codes of issues."""

from itertools import product

import pytest

from services.visits.issues.rules import (
    ALLOWED,
    CLOSED,
    CODE,
    OPEN,
    Move,
    State,
    acknowledged,
    after,
    human_code,
    step_below,
    step_to_take,
)
from shared.errors import BadInput, RuleBroken


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_what_the_table_does_not_have_is_refused(state: State, move: Move) -> None:
    """A move gives the state in the table, and without a row there it is a broken rule."""
    if (state, move) in ALLOWED:
        assert ALLOWED[state, move] == after(state, move)
    else:
        with pytest.raises(RuleBroken):
            after(state, move)


def test_every_open_issue_can_be_escalated_and_no_closed_one() -> None:
    """Escalating by hand is possible at any time before the end, and never after it."""
    assert {State.ESCALATED} == {after(state, Move.ESCALATE) for state in OPEN}
    assert not {state for state in CLOSED if (state, Move.ESCALATE) in ALLOWED}


def test_a_state_is_open_or_closed() -> None:
    """No state is both, none is neither."""
    assert sorted(State) == sorted((*OPEN, *CLOSED))


def test_every_state_can_be_reached() -> None:
    """No state is there that no way leads to."""
    reached = {State.REPORTED}
    for _ in State:
        reached |= {to for (state, _move), to in ALLOWED.items() if state in reached}
    assert reached == set(State)


def test_what_is_verified_or_merged_stays_so() -> None:
    """What was not fixed after all is reported again."""
    assert not {pair for pair in ALLOWED if pair[0] in (State.VERIFIED, State.MERGED)}


def test_an_issue_at_no_step_cannot_step_back() -> None:
    """A step back goes one step down."""
    assert step_below(2) == 1
    with pytest.raises(RuleBroken):
        step_below(0)


def test_an_issue_nobody_was_told_of_cannot_be_acknowledged() -> None:
    """Only an escalated issue waits for an acknowledgement."""
    assert acknowledged(State.REPORTED, 0, 0) is None


def test_acknowledging_the_step_it_stands_at_moves_the_issue() -> None:
    """The first acknowledgement of the current step is what is waited for."""
    assert acknowledged(State.ESCALATED, 2, 2) == State.ACKNOWLEDGED


def test_acknowledging_an_older_step_leaves_the_issue_waiting() -> None:
    """One who was told earlier does not answer for those told now."""
    assert acknowledged(State.ESCALATED, 2, 1) is None


def test_a_second_acknowledgement_moves_nothing() -> None:
    """An acknowledged issue stays acknowledged."""
    assert acknowledged(State.ACKNOWLEDGED, 1, 1) is None


@pytest.mark.parametrize(("current", "wanted", "step"), [(0, None, 1), (1, None, 2), (0, 2, 2), (0, 1, 1)])
def test_the_next_step_or_a_higher_one_is_taken(current: int, wanted: int | None, step: int) -> None:
    """Without a wish it is the next step; a higher one may be asked for."""
    assert step == step_to_take(current, wanted, 2)


@pytest.mark.parametrize(("current", "wanted"), [(2, None), (1, 1), (2, 1)])
def test_an_issue_never_steps_back_or_past_the_last_step(current: int, wanted: int | None) -> None:
    """A step already taken, or none left, is a broken rule."""
    with pytest.raises(RuleBroken):
        step_to_take(current, wanted, 2)


@pytest.mark.parametrize("wanted", [-1, 0, 3])
def test_a_step_that_does_not_exist_is_bad_input(wanted: int) -> None:
    """The answer names the field."""
    with pytest.raises(BadInput) as refused:
        step_to_take(0, wanted, 2)
    assert refused.value.field == "step"


@pytest.mark.parametrize(
    ("number", "code"), [(1, "BT-2026-000001"), (999_999, "BT-2026-999999"), (1_000_000, "BT-2026-1000000")]
)
def test_a_code_is_readable_and_grows_when_it_must(number: int, code: str) -> None:
    """Six digits, or more once there are more issues."""
    assert code == human_code("BT", 2026, number)
    assert CODE.fullmatch(code)
