"""Rules of information requests: their states, and by when they are answered. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from shared.errors import BadInput, RuleBroken

TEXT_LONGEST = 10_000
LONGEST_DAYS = 366  # a request is for an answer, not for ever


class State(StrEnum):
    """How far a request has come."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What can be done to a request."""

    ANSWER = "answer"
    EXTEND = "extend"
    WITHDRAW = "withdraw"
    ASK_AGAIN = "ask_again"


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    (State.OPEN, Move.ANSWER): State.ANSWERED,
    (State.OPEN, Move.EXTEND): State.OPEN,
    (State.OPEN, Move.WITHDRAW): State.WITHDRAWN,
    (State.ANSWERED, Move.ASK_AGAIN): State.OPEN,  # the answer does not answer
}

NEEDED: dict[Move, tuple[str, ...]] = {
    Move.ANSWER: ("text", "by"),
    Move.EXTEND: ("reason", "due_on"),
    Move.WITHDRAW: ("reason",),
    Move.ASK_AGAIN: ("reason", "due_on"),
}
OPTIONAL: dict[Move, tuple[str, ...]] = {Move.ANSWER: ("files",)}
DETAILS = ("text", "by", "files", "reason", "due_on")


def after(state: State, move: Move) -> State:
    """The state after a move; raises RuleBroken if the table does not have it."""
    try:
        return ALLOWED[state, move]
    except KeyError:
        raise RuleBroken(f"A request that is {state} cannot be moved by '{move}'.", state=state) from None


def check_details(move: Move, given: dict[str, object]) -> None:
    """Raises BadInput naming the first detail that a move needs and lacks, or that it does not take."""
    for name in DETAILS:
        if name in NEEDED[move] and not given.get(name):
            raise BadInput(f"'{move}' needs this.", field=name)
        if given.get(name) and name not in NEEDED[move] + OPTIONAL.get(move, ()):
            raise BadInput(f"'{move}' does not take this.", field=name)


def check_due(due_on: date, today: date, *, later_than: date | None = None) -> None:
    """Raises BadInput for a day that is past, too far away, or no extension of the one there was."""
    if not today <= due_on <= today + timedelta(days=LONGEST_DAYS):
        raise BadInput(f"Give a day from today, within {LONGEST_DAYS} days.", field="due_on")
    if later_than is not None and due_on <= later_than:
        raise BadInput(f"It is due on {later_than:%d/%m/%Y}; an extension ends later.", field="due_on")


def usual_due(today: date, days: int) -> date:
    """The day by which a request is answered that says none."""
    return today + timedelta(days=days)


def check_files(unit_path: str, paths: Iterable[str]) -> None:
    """Raises BadInput for a file that was uploaded for another place: who reads the answer could not see it."""
    for place, path in enumerate(paths):
        if not path.startswith(unit_path):
            raise BadInput("This file was uploaded for another place.", field=f"files.{place}")
