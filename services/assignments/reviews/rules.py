"""How a review goes. Pure.

Source: the instruction at the end of the review conference of 12 April 2017: districts re-evaluate the assignments
of those who follow hamlets, keep or change them, with history, uniformly and for real.
"""

from datetime import date
from enum import StrEnum
from typing import Any


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


SHOWN_MAX = 200  # of each list in the outcome of a campaign


def shortened(outcome: dict[str, Any]) -> dict[str, Any]:
    """The first of what ends, starts, is refused and is gone, each with how many there are: a country's outcome
    is no longer an answer than a district's."""
    lists = {name: outcome[name] for name in ("ends", "starts", "refusals", "gone")}
    counts = {f"{name}_total": len(listed) for name, listed in lists.items()}
    return outcome | counts | {name: listed[:SHOWN_MAX] for name, listed in lists.items()}


def is_overdue(state: str, deadline: date, undecided: int, today: date) -> bool:
    """Past the deadline and still not decided on everything."""
    return state == State.OPEN and undecided > 0 and today > deadline
