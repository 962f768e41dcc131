"""Months that can be rated. Pure."""

import re
from calendar import monthrange
from datetime import date

from shared.errors import BadInput

MONTH = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")
WORST, BEST = 1, 5


def month_of(text: str, today: date, field: str = "month") -> date:
    """The first day of "2026-03"; raises BadInput for what is no month, or one still to come."""
    found = MONTH.fullmatch(text)
    if not found:
        raise BadInput("Give a month such as 2026-03.", field=field)
    first = date(int(found[1]), int(found[2]), 1)
    if first > today:
        raise BadInput("This month is still to come.", field=field)
    return first


def ends_of(month: date, today: date) -> tuple[date, date]:
    """The first and the last day of a month, the last not after today."""
    return month, min(month.replace(day=monthrange(month.year, month.month)[1]), today)
