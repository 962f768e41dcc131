"""How a review goes. Pure.

Source: the instruction at the end of the review conference of 12 April 2017: districts re-evaluate the assignments
of those who follow hamlets, keep or change them, with history, uniformly and for real.
"""

from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a campaign stands: once applied or cancelled it is history."""

    OPEN = "open"
    APPLIED = "applied"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """What becomes of an assignment."""

    KEEP = "keep"
    CHANGE = "change"
    END = "end"


UNDECIDED = "undecided"


def is_overdue(state: str, deadline: date, undecided: int, today: date) -> bool:
    """Past the deadline and still not decided on everything."""
    return state == State.OPEN and undecided > 0 and today > deadline
