"""Rules of an issue: its kinds, its states, the moves between them, its code. Pure."""

import re
from enum import StrEnum

from shared.errors import BadInput, RuleBroken


class Kind(StrEnum):
    """Something pressing (bức xúc), a difficulty (khó khăn, vướng mắc), or a proposal (đề xuất, kiến nghị)."""

    PRESSING = "pressing"
    DIFFICULTY = "difficulty"
    PROPOSAL = "proposal"


class Severity(StrEnum):
    """How bad it is, as the commune sees it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class State(StrEnum):
    """How far an issue has come."""

    REPORTED = "reported"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"


class Move(StrEnum):
    """What can be done to an issue."""

    ESCALATE = "escalate"
    ACKNOWLEDGE = "acknowledge"


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    (State.REPORTED, Move.ESCALATE): State.ESCALATED,
    (State.ESCALATED, Move.ESCALATE): State.ESCALATED,  # one step higher
    (State.ESCALATED, Move.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Move.ESCALATE): State.ESCALATED,  # seen, yet nothing followed
}

TITLE_LIMIT = 200
DESCRIPTION_LIMIT = 10_000
REASON_SHORTEST, REASON_LONGEST = 5, 2_000

# Code per province and local year; grows past six digits rather than start again.
CODE = re.compile(r"[A-ZĐ]{1,8}-\d{4}-\d{6,}")


def human_code(abbreviation: str, year: int, number: int) -> str:
    """ "BT-2026-000123": the 123rd issue of Bến Tre in the local year 2026."""
    return f"{abbreviation}-{year}-{number:06d}"


def after(state: State, move: Move) -> State:
    """The state after a move; raises RuleBroken if the table does not have it."""
    try:
        return ALLOWED[state, move]
    except KeyError:
        raise RuleBroken(f"An issue that is {state} cannot be moved by '{move}'.", state=state) from None


def acknowledged(state: State, current: int, step: int) -> State | None:
    """The state once an official has acknowledged the escalation of `step`; None if that does not move the issue.

    Only the step it stands at counts: one who was told earlier does not end the wait for those told now.
    """
    return ALLOWED.get((state, Move.ACKNOWLEDGE)) if step == current else None


def step_to_take(current: int, wanted: int | None, last: int) -> int:
    """The step an escalation goes to: the next one unless a higher one is wanted. `current` 0: never escalated.

    Raises BadInput naming `step` for a step that does not exist, RuleBroken for one already taken or passed.
    """
    if wanted is not None and not 1 <= wanted <= last:
        raise BadInput(f"There is no step {wanted}; the steps are 1 to {last}.", field="step")
    if wanted is None and current >= last:
        raise RuleBroken(f"The issue stands at step {current}, the last one.", step=current)
    if wanted is not None and wanted <= current:
        raise RuleBroken(f"The issue stands at step {current}; it can only go higher.", field="step", step=current)
    return current + 1 if wanted is None else wanted
