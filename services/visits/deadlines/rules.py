"""Which policy holds for an issue, when its target is due, and what time is left of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from services.visits.calendar.rules import WorkingTime
from shared import clock


class Target(StrEnum):
    """What an issue waits for. The first three are deadlines; the others are steps of the ladder."""

    FIRST_RESPONSE = "first_response"
    ACCEPTANCE = "acceptance"
    RESOLUTION = "resolution"
    STEP = "step"  # somebody told at this step acknowledges
    RENOTIFY = "renotify"  # something follows after that


# What a policy may name, as the issues (above) have it; a test holds them together.
KINDS = ("pressing", "difficulty", "proposal")
SEVERITIES = ("low", "normal", "high", "critical")

DEADLINES = (Target.FIRST_RESPONSE, Target.ACCEPTANCE, Target.RESOLUTION)
LADDER = (Target.STEP, Target.RENOTIFY)


class Measure(StrEnum):
    """What an amount of time is counted in."""

    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"


class Outcome(StrEnum):
    """How a timer ended."""

    MET = "met"
    LATE = "late"
    STOPPED = "stopped"
    CLIMBED = "climbed"
    MOOT = "moot"  # what it waited for no longer matters


class Facts(NamedTuple):
    """What of an issue decides its policies; `tier` is the level of its unit, None: not known."""

    kind: str
    category: str
    severity: str
    tier: str | None


class Policy(NamedTuple):
    """By when a target is due; a fact that is None does not matter."""

    code: str
    target: str
    kind: str | None
    category: str | None
    severity: str | None
    tier: str | None
    amount: int
    measure: str
    warn_hours: int  # working hours before it is due; 0: no warning
    climbs: bool  # whether a breach escalates the issue

    def fits(self, facts: Facts) -> bool:
        """Whether it holds for such an issue."""
        asked = (self.kind, self.category, self.severity, self.tier)
        return all(want is None or want == fact for want, fact in zip(asked, facts, strict=True))

    @property
    def rank(self) -> tuple[object, ...]:
        """The one that names more goes first; among those the one that names category, severity, kind, tier."""
        named = [each is not None for each in (self.category, self.severity, self.kind, self.tier)]
        return (-sum(named), *(not each for each in named), self.code)


class Due(NamedTuple):
    """When to warn (None: not at all) and when it is due."""

    warn_at: datetime | None
    due_at: datetime


class Paused(Protocol):
    """A timer whose clock stands."""

    paused_at: datetime | None
    due_at: datetime
    warn_at: datetime | None


def chosen(policies: Iterable[Policy], facts: Facts) -> list[Policy]:
    """The policy of each target, the most specific one, in the order of the targets."""
    best: dict[str, Policy] = {}
    for policy in sorted(policies, key=lambda each: each.rank):
        if policy.fits(facts):
            best.setdefault(policy.target, policy)
    return [best[target] for target in DEADLINES if target in best]


def due(calendar: WorkingTime, start: datetime, amount: int, measure: str, warn_hours: int = 0) -> Due:
    """When an amount of time that begins at `start` is over.

    Days end with the working hours of the last one, and of the next working day if the last is none; the first day
    does not count. (So counts Điều 147 and 148 of the Bộ luật Dân sự 2015, but to the end of the day.)"""
    if measure == Measure.WORKING_HOURS:
        end = calendar.add(start, timedelta(hours=amount))
    elif measure == Measure.WORKING_DAYS:
        end = calendar.add_days(start, amount)
    else:
        end = calendar.closing(clock.local_date(start) + timedelta(days=amount))
    end = max(end, start)  # zero days, asked for in the evening
    return Due(warning(calendar, start, end, warn_hours), end)


def warning(calendar: WorkingTime, start: datetime, end: datetime, warn_hours: int) -> datetime | None:
    """So many working hours before the end, if that lies after the start."""
    if not warn_hours:
        return None
    at = calendar.subtract(end, timedelta(hours=warn_hours))
    return at if at > start else None


def resumed(calendar: WorkingTime, timer: Paused, at: datetime) -> Due:
    """When a paused timer is due that runs on from `at`: after the working time that was left."""
    assert timer.paused_at is not None
    end = calendar.add(at, calendar.between(timer.paused_at, timer.due_at))
    if timer.warn_at is None or timer.warn_at <= timer.paused_at:
        return Due(timer.warn_at, max(end, at))
    return Due(calendar.add(at, calendar.between(timer.paused_at, timer.warn_at)), max(end, at))


def met_with(target: str) -> Sequence[str]:
    """The targets that are met with this one: what is settled has been accepted and answered."""
    if target in DEADLINES:
        return DEADLINES[: DEADLINES.index(Target(target)) + 1]
    return (target,)
