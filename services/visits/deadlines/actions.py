"""Timers of an issue: armed, met, paused, taken up again, ended. Call them with the issue locked (or new)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.calendar.queries import working_time
from services.visits.deadlines import rules, writing
from services.visits.deadlines.model import Timer
from services.visits.deadlines.queries import policies
from services.visits.deadlines.rules import DEADLINES, LADDER, Facts, Outcome, Policy, Target
from shared.database import dumps

Row = dict[str, Any]
_ALL = [*DEADLINES, *LADDER]


class Timed(Protocol):
    """What of an issue decides its deadlines."""

    id: UUID
    kind: str
    category: str
    severity: str


def rows_for(
    session: Session,
    *,
    issue_id: UUID,
    kind: str,
    category: str,
    severity: str,
    at: datetime,
    tier: str | None = None,
) -> list[Row]:
    """The timers of a new issue, as rows for the statement that writes the issue; `tier`: the level of its unit.

    Their names are `deadlines.model.GIVEN`; see `deadlines.writing.ARMED`.
    """
    found = rules.chosen(policies(session), Facts(kind, category, severity, tier))
    return [_row(session, issue_id, policy, at) for policy in found]


def satisfy(session: Session, issue_id: UUID, target: str, at: datetime) -> None:
    """The target is met, and with it those that come before it: first_response, acceptance, resolution."""
    change(session, ends=ended(issue_id, rules.met_with(target), at))


def moved(session: Session, issue_id: UUID, at: datetime) -> None:
    """Something followed: the ladder no longer waits at its step."""
    change(session, ends=ended(issue_id, LADDER, at))


def pause(session: Session, issue_id: UUID, at: datetime, reason: str) -> None:
    """Stop the clock of every timer that still runs."""
    writing.PAUSE.run(session, {"issue": issue_id, "at": at, "reason": reason})


def resume(session: Session, issue_id: UUID, at: datetime) -> None:
    """Let paused timers run on: they have the working time left that they had."""
    calendar = working_time(session)
    paused = select(Timer).where(Timer.issue_id == issue_id, Timer.paused_at.is_not(None), Timer.done_at.is_(None))
    for timer in session.scalars(paused.execution_options(populate_existing=True)):
        timer.warn_at, timer.due_at = rules.resumed(calendar, timer, at)
        timer.paused_at = timer.pause_reason = None
    session.flush()


def stop(session: Session, issue_id: UUID, at: datetime) -> None:
    """End every timer: the issue is closed."""
    change(session, ends=ended(issue_id, _ALL, at, Outcome.STOPPED))


def rearm(session: Session, issue: Timed, at: datetime) -> None:
    """The issue is open again: its settlement is due anew, counted from `at`."""
    facts = {"kind": issue.kind, "category": issue.category, "severity": issue.severity}
    rows = rows_for(session, issue_id=issue.id, at=at, **facts)
    change(session, arms=[row for row in rows if row["target"] == Target.RESOLUTION])


def ended(issue_id: UUID, targets: Iterable[str], at: datetime, outcome: Outcome | None = None) -> list[Row]:
    """The end of these timers of an issue, for `change`; without an outcome: met or late, as they are."""
    return [{"issue_id": issue_id, "target": target, "at": at, "outcome": outcome} for target in targets]


class Changes(NamedTuple):
    """Timers to end and others to arm, as `ended` and `ladder_row` make them."""

    ends: Sequence[Row]
    arms: Sequence[Row]

    def values(self) -> dict[str, str]:
        """The parameters of `writing.CHANGED`. What is armed anew is not ended."""
        armed = {(row["issue_id"], row["target"]) for row in self.arms}
        ends = [row for row in self.ends if (row["issue_id"], row["target"]) not in armed]
        return {"ended": dumps(ends), "timers": dumps(self.arms)}


def change(session: Session, *, ends: Sequence[Row] = (), arms: Sequence[Row] = ()) -> None:
    """End timers that are not ended yet and arm others, anew if they are there; one statement for any number."""
    if ends or arms:
        writing.CHANGE.run(session, Changes(ends, arms).values())


def ladder_row(
    session: Session, issue_id: UUID, target: Target, *, step: int, wait: tuple[int, str], at: datetime
) -> Row:
    """A timer of the ladder that begins at `at`, for `change`; `wait`: amount and measure."""
    due_at = rules.due(working_time(session), at, *wait).due_at
    row = {"issue_id": issue_id, "target": target, "policy": None, "step": step, "climbs": True}
    return row | {"armed_at": at, "warn_at": None, "due_at": due_at}


def _row(session: Session, issue_id: UUID, policy: Policy, at: datetime) -> Row:
    warn_at, due_at = rules.due(working_time(session), at, policy.amount, policy.measure, policy.warn_hours)
    row = {"issue_id": issue_id, "target": policy.target, "policy": policy.code, "step": None}
    return row | {"climbs": policy.climbs, "armed_at": at, "warn_at": warn_at, "due_at": due_at}
