"""What became of a doubt. Pure."""

from enum import StrEnum


class Outcome(StrEnum):
    """How the coordinator settled it."""

    CORRECTED = "corrected"  # the assignment was wrong, and has been put right
    KEPT = "kept"  # it is theirs, and they have been told so
