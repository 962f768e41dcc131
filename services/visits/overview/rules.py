"""What the figures mean. Pure."""

from datetime import timedelta

# States in which nothing more is awaited.
CLOSED = ("resolved", "verified", "rejected", "merged")

# Ages of open issues in days: from, until (not included; None: any older).
AGES: tuple[tuple[int, int | None], ...] = ((0, 8), (8, 31), (31, 91), (91, None))

# Visits of so many days are looked at.
PERIOD = timedelta(days=90)


def share(part: int, whole: int) -> float | None:
    """A part of a whole from 0 to 1, to three digits; None of nothing."""
    return round(part / whole, 3) if whole else None
