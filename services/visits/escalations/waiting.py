"""What an escalation waits for: that somebody acknowledges, and then that something follows."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.deadlines.actions import Changes, change, ended, ladder_row
from services.visits.deadlines.rules import Target
from services.visits.escalations.model import EscalationStep

_KEPT = 5.0  # seconds
_remembered: WeakKeyDictionary[object, tuple[float, Mapping[int, "Times"]]] = WeakKeyDictionary()


class Times(NamedTuple):
    """How long a step waits; None: for ever."""

    climb_after: int | None
    follow_after: int | None
    measure: str


class Waiting(NamedTuple):
    """An issue at a step, from an instant on."""

    issue_id: UUID
    step: int
    since: datetime


def steps(session: Session) -> Mapping[int, Times]:
    """The steps there are, remembered for seconds."""
    until, found = _remembered.get(session.bind, (0.0, {}))
    if time.monotonic() > until:
        columns = [getattr(EscalationStep, name) for name in ("step", *Times._fields)]
        found = {row[0]: Times(*row[1:]) for row in session.execute(select(*columns).order_by(EscalationStep.step))}
        _remembered[session.bind] = (time.monotonic() + _KEPT, found)
    return found


def forget(session: Session) -> None:
    """Read the steps again next time: they have been changed here."""
    _remembered.pop(session.bind, None)


def await_acknowledgement(session: Session, escalated: Sequence[Waiting]) -> None:
    """Somebody at the step must acknowledge in its time, which begins anew. Ends the wait for a follow-up."""
    ends, arms = to_acknowledge(session, escalated)
    change(session, ends=ends, arms=arms)


def to_acknowledge(session: Session, escalated: Sequence[Waiting]) -> Changes:
    """What `await_acknowledgement` changes."""
    return _changes(session, escalated, Target.STEP, [Target.STEP, Target.RENOTIFY])


def await_follow_up(session: Session, acknowledged: Sequence[Waiting]) -> None:
    """The step is acknowledged, which also is a first response; something must follow in its time."""
    over = [Target.STEP, Target.RENOTIFY, Target.FIRST_RESPONSE]
    ends, arms = _changes(session, acknowledged, Target.RENOTIFY, over)
    change(session, ends=ends, arms=arms)


def _changes(session: Session, waiting: Sequence[Waiting], target: Target, over: Sequence[Target]) -> Changes:
    known, arms, ends = steps(session) if waiting else {}, [], []
    for issue_id, step, since in waiting:
        ends += ended(issue_id, over, since)
        times = known.get(step, Times(None, None, ""))
        amount = times.climb_after if target == Target.STEP else times.follow_after
        if amount:
            wait = (amount, times.measure)
            arms.append(ladder_row(session, issue_id, target, step=step, wait=wait, at=since))
    return Changes(ends, arms)
