"""Absences without a database: the states they move through, what may not stand beside what, and circles."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.assignments.responsibility.standing import Absence
from services.assignments.validity import overlap
from shared.contracts.assignments import ABSENCE_CHANGED
from shared.messaging.events import NewEvent


class Why(StrEnum):
    """The kinds of reason for an absence; only those who manage assignments see which it is."""

    LEAVE = "leave"  # nghỉ phép
    SICK = "sick"  # nghỉ ốm
    STUDY = "study"  # đi học
    MISSION = "mission"  # đi công tác
    OTHER = "other"


class State(StrEnum):
    """Where an absence stands. Only an approved one counts."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can be done with an absence."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"


ALLOWED: dict[Move, tuple[State, frozenset[State]]] = {
    Move.APPROVE: (State.APPROVED, frozenset({State.REQUESTED})),
    Move.REFUSE: (State.REFUSED, frozenset({State.REQUESTED})),
    Move.CANCEL: (State.CANCELLED, frozenset({State.REQUESTED, State.APPROVED})),
}
LIVE = (State.REQUESTED, State.APPROVED)


def absence_changed(absence: Any) -> NewEvent:
    """The event for an absence as it now stands, from a row or a model; never why."""
    names = ("official_id", "substitute_id", "assignment_ids", "valid_from", "valid_to")
    data = {name: getattr(absence, name) for name in names}
    data |= {"absence_id": absence.id, "counts": absence.state == State.APPROVED}
    return NewEvent(ABSENCE_CHANGED, str(absence.id), absence.version, data)


def shares_assignments(one: Collection[UUID] | None, other: Collection[UUID] | None) -> bool:
    """Whether two absences of one official are from the same assignment; None: from everything."""
    return one is None or other is None or bool(set(one) & set(other))


def circle(new: Absence, known: Iterable[Absence]) -> list[str]:
    """The names along the chain of substitutes that would come back to whom `new` is of, on some day; empty if none
    does. In a circle at most one absence may be limited to some assignments: it is where the chain begins."""
    if new.substitute is None:
        return []
    found = _back(new, list(known), new, (new.valid_from, new.valid_to), new.assignments is not None, ())
    return next(found, [])


def _back(
    new: Absence,
    known: Collection[Absence],
    at: Absence,
    days: tuple[date, date | None],
    limited: bool,
    passed: tuple[UUID, ...],
) -> Iterator[list[str]]:
    """The ways from the substitute of `at` back to whom `new` is of, on the days that all on the way share."""
    if at.substitute is None:
        return
    if at.substitute.id == new.official_id:
        yield [at.substitute.full_name]
        return
    for each in known:
        if each.official_id != at.substitute.id or each.id in passed or not overlap(*days, *_days(each)):
            continue
        if limited and each.assignments is not None:
            continue
        ends = [end for end in (days[1], each.valid_to) if end is not None]
        shared = (max(days[0], each.valid_from), min(ends, default=None))
        is_limited = limited or each.assignments is not None
        for way in _back(new, known, each, shared, is_limited, (*passed, each.id)):
            yield [at.substitute.full_name, *way]


def _days(absence: Absence) -> tuple[date, date | None]:
    return absence.valid_from, absence.valid_to
