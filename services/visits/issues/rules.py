"""Rules of an issue: its kinds, its states, the moves between them, its code. Pure."""

import re
from datetime import UTC, datetime
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


class Sensitivity(StrEnum):
    """Who may read it: all who may read issues, or only those who may write them."""

    NORMAL = "normal"
    RESTRICTED = "restricted"


class State(StrEnum):
    """How far an issue has come."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    SOLUTION_DISCUSSED = "solution_discussed"
    IN_PROGRESS = "in_progress"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"  # says who handled it; the side that reported has yet to verify
    VERIFIED = "verified"
    REOPENED = "reopened"
    REJECTED = "rejected"
    MERGED = "merged"


class Move(StrEnum):
    """What can be done to an issue."""

    ACCEPT = "accept"
    ASSIGN = "assign"  # to an official who handles it
    DISCUSS = "discuss"  # a solution
    START = "start"
    RESOLVE = "resolve"
    VERIFY = "verify"
    REOPEN = "reopen"
    REJECT = "reject"
    MERGE = "merge"  # into another issue
    WAIT = "wait"  # for information: its clocks stand, its state stays
    RESUME = "resume"
    ESCALATE = "escalate"
    ACKNOWLEDGE = "acknowledge"
    DE_ESCALATE = "de_escalate"  # back to the step below


_WORKED_ON = (State.ACCEPTED, State.ASSIGNED, State.SOLUTION_DISCUSSED, State.IN_PROGRESS, State.REOPENED)
RAISED = (State.ESCALATED, State.ACKNOWLEDGED)
OPEN = (State.REPORTED, *_WORKED_ON, *RAISED)
CLOSED = (State.RESOLVED, State.VERIFIED, State.REJECTED, State.MERGED)  # no timer runs, nothing escalates


def _from(states: tuple[State, ...], move: Move, to: State | None = None) -> dict[tuple[State, Move], State]:
    """The move from each of the states; without `to` it stays in its state."""
    return {(state, move): to or state for state in states}


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    **_from((State.REPORTED, State.REOPENED, *RAISED), Move.ACCEPT, State.ACCEPTED),
    **_from((*_WORKED_ON, *RAISED), Move.ASSIGN, State.ASSIGNED),  # also to another official
    **_from((*_WORKED_ON, *RAISED), Move.DISCUSS, State.SOLUTION_DISCUSSED),
    **_from((*_WORKED_ON, *RAISED), Move.START, State.IN_PROGRESS),
    **_from((*_WORKED_ON, *RAISED), Move.RESOLVE, State.RESOLVED),
    (State.RESOLVED, Move.VERIFY): State.VERIFIED,
    **_from((State.RESOLVED, State.REJECTED), Move.REOPEN, State.REOPENED),
    **_from(OPEN, Move.REJECT, State.REJECTED),
    **_from(OPEN, Move.MERGE, State.MERGED),
    **_from(OPEN, Move.WAIT),
    **_from(OPEN, Move.RESUME),
    **_from(OPEN, Move.ESCALATE, State.ESCALATED),  # one step higher, at any time
    (State.ESCALATED, Move.ACKNOWLEDGE): State.ACKNOWLEDGED,
    **_from(_WORKED_ON, Move.DE_ESCALATE),
    **_from(RAISED, Move.DE_ESCALATE, State.ACCEPTED),  # the step below has it in hand
}
del ALLOWED[State.IN_PROGRESS, Move.START]  # it has been started

# After these it no longer waits for information.
ENDS_WAIT = (Move.RESUME, Move.START, Move.ESCALATE, Move.RESOLVE, Move.REJECT, Move.MERGE)

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


def unacknowledged(state: State, current: int, step: int) -> State | None:
    """The state once no acknowledgement of the escalation of `step` stands any more; None if it stays as it is."""
    return State.ESCALATED if step == current and state == State.ACKNOWLEDGED else None


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


def step_below(current: int) -> int:
    """The step an issue steps back to; raises RuleBroken for one that was never escalated."""
    if current == 0:
        raise RuleBroken("The issue stands at no step, so it cannot step back.", step=current)
    return current - 1


def check_wait(move: Move, *, waiting: bool) -> None:
    """Raises RuleBroken for waiting twice, and for resuming what does not wait."""
    if move == Move.WAIT and waiting:
        raise RuleBroken("The issue waits for information already.")
    if move == Move.RESUME and not waiting:
        raise RuleBroken("The issue does not wait for information.")


def facet(name: str, value: str | int) -> str:
    """How the index of facets knows something that an issue has one of: facet("state", "reported") ->
    "state reported". A place is known by its path alone."""
    return f"{name} {value}"


def place_facet(path: str, state: str) -> str:
    """How it knows a state in a place: place_facet("83/829/", "reported") -> "83/829/ reported"."""
    return f"{path} {state}"


def month_of(instant: datetime) -> int:
    """The number of a month in UTC; that of the month before is one less."""
    day = instant.astimezone(UTC)
    return 12 * day.year + day.month
