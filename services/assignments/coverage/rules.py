"""Coverage without a database: when nobody acts for an assignment, scores, and how gaps are told."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.assignments.responsibility.standing import Absences, Person


class Limit(StrEnum):
    """What can be set about coverage; each a row with its source."""

    HORIZON_DAYS = "horizon_days"  # how far ahead gaps are looked for
    ENDING_DAYS = "ending_days"  # how soon a term counts as about to end
    MOST_PLACES = "most_places"  # more than so many places are too many for one official
    NOTICE_WEEKDAY = "notice_weekday"  # 1 Monday … 7 Sunday


class Period(NamedTuple):
    """Days [since, until) on which nobody acts for an assignment."""

    assignment_id: UUID
    since: date
    until: date


class Gap(NamedTuple):
    """A post a place needs in which nobody acts from `since` on; `until` None: no end in sight. `absent`: it is
    held, but all who hold it are away then."""

    place_id: UUID
    place: str
    attached_to: str
    unit_id: UUID
    unit_code: str
    unit_name: str
    path: str
    post: str
    post_name_vi: str
    post_name_en: str
    since: date
    until: date | None
    absent: bool


class Tally(NamedTuple):
    """Posts that are needed in a unit and below it, those in which somebody acts, and of the others those held by
    people who are away."""

    unit_id: UUID
    code: str
    name: str
    level: str
    path: str
    required: int
    covered: int
    absent: int

    @property
    def score(self) -> float | None:
        """Per cent of the posts needed in which somebody acts; None where none is needed."""
        return score(self.required, self.covered)


def score(required: int, covered: int) -> float | None:
    """Per cent, to one decimal, rounded down: 100 means all."""
    return covered * 1000 // required / 10 if required else None


def unattended(absences: Absences, person: Person, assignment_id: UUID, since: date, until: date) -> list[Period]:
    """When within [since, until) neither the holder nor anybody in the holder's place acts for an assignment."""
    found: list[Period] = []
    days = absences.turns(person.id, since, until)
    for day, end in zip(days, [*days[1:], until], strict=True):
        if absences.acting(person, assignment_id, day) is not None:
            continue
        if found and found[-1].until == day:
            found[-1] = found[-1]._replace(until=end)
        else:
            found.append(Period(assignment_id, day, end))
    return found


def notice_day(today: date, weekday: int) -> date:
    """The day of the last weekly notice that should have been given: today, or one of the six days before."""
    return today - timedelta(days=(today.isoweekday() - weekday) % 7)


def after(path: str) -> str:
    """The first path that is not inside this one, in byte order: inside means from `path` to just before this."""
    return path[:-1] + chr(ord(path[-1]) + 1) if path else "\U0010ffff"


def listed(gaps: Sequence[Gap], at: date, english: bool, most: int) -> list[str]:
    """The first gaps, one a line, and how many more there are."""
    lines = []
    for gap in gaps[:most]:
        post, from_ = (gap.post_name_en, "from") if english else (gap.post_name_vi, "từ")
        absent = (" (absent)" if english else " (vắng mặt)") if gap.absent else ""
        when = f", {from_} {gap.since:%d/%m/%Y}" if gap.since > at else ""
        lines.append(f"{post}: {gap.place}{absent}{when}")
    if len(gaps) > most:
        more = len(gaps) - most
        lines.append(f"… and {more} more" if english else f"… và {more} chức danh khác")
    return lines
