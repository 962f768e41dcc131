"""When something is due again. Pure.

The article sets no quota: how often is a row of `cadence_rules`, each with its source.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.visits.absences.rules import Known, spells
from services.visits.followings.rules import Activity, Followed

# What a cadence can ask for; feedback is asked for by every visit, not by a date.
REGULAR = (Activity.VISIT, Activity.MEETING, Activity.REPORT, Activity.CONTACT)
# What is noted by hand; visits, reports and feedback note themselves.
NOTED = (Activity.MEETING, Activity.CONTACT)

NAMES: dict[str, tuple[str, str]] = {
    Activity.VISIT: ("đi cơ sở", "visit"),
    Activity.MEETING: ("dự sinh hoạt, họp cấp ủy", "meeting"),
    Activity.REPORT: ("báo cáo", "report"),
    Activity.CONTACT: ("liên hệ", "contact"),
}

ONE_DAY = timedelta(days=1)


class State(StrEnum):
    """Where something regular stands today."""

    UPCOMING = "upcoming"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Excuse:
    """A period in which nothing is asked of an official: everywhere, or inside one unit."""

    official_id: UUID
    unit_path: str | None
    period: Period

    def frees(self, held: Followed) -> bool:
        """Whether it frees from what is followed there."""
        inside = self.unit_path is None or all(path.startswith(self.unit_path) for path in held.paths)
        return inside and self.official_id == held.official_id


def due_on(since: date, every: int, excused: Iterable[Period]) -> date:
    """The day on which it is due again: `every` days after `since`, days in excused periods not counted."""
    due, after = since + timedelta(days=every), since + ONE_DAY
    for period in sorted(excused, key=lambda each: each.first):
        first = max(period.first, after)
        if first > due:
            break
        if period.last >= first:
            due += period.last - first + ONE_DAY
            after = period.last + ONE_DAY
    return due


def idle(held: Followed, since: date, until: date, known: Known) -> list[Period]:
    """The days after `since` on which nobody acts for what is followed. An absence that goes on at `until` is taken
    to go on for as long again: what is due after it is not due yet, and it is looked at again when it ends."""
    beyond = until + (until - since)
    pieces = spells(held.official_id, held.following_id, since, beyond, known)
    return [Period(first, end - ONE_DAY) for first, end, who in pieces if who is None]


def state_on(day: date, due: date, remind_before: int) -> State:
    """Upcoming until `remind_before` days before it is due, overdue from the day after."""
    if day > due:
        return State.OVERDUE
    return State.DUE if day >= due - timedelta(days=remind_before) else State.UPCOMING


def next_look(state: State, day: date, due: date, remind_before: int) -> date:
    """When to look again: always after `day`. One who is overdue is looked at daily, until something was done."""
    if state is State.UPCOMING:
        return due - timedelta(days=remind_before)
    return (due if state is State.DUE else day) + ONE_DAY
