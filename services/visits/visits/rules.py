"""Rules of a visit: its purposes, its states, the moves between them, its times. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.visits.followings.rules import Activity
from shared.errors import BadInput, RuleBroken

SUBJECT_LIMIT = 200
TEXT_LIMIT = 5_000
REASON_SHORTEST, REASON_LONGEST = 5, 2_000
PARTNERS_AT_MOST, ATTENDANCE_AT_MOST = 30, 200
CROWD_AT_MOST = 100_000

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)
FARTHEST_BACK, FARTHEST_AHEAD = timedelta(days=366), timedelta(days=2 * 366)


class Purpose(StrEnum):
    """What an official goes for."""

    COMMITTEE_MEETING = "committee_meeting"
    CELL_MEETING = "cell_meeting"
    LOCAL_ACTIVITY = "local_activity"
    HOUSEHOLD_GROUP = "household_group"
    INSPECTION = "inspection"
    JOINT = "joint"


class Role(StrEnum):
    """Who plans a visit, and who goes along."""

    LEAD = "lead"
    PARTNER = "partner"


class State(StrEnum):
    """How far a visit has come."""

    PLANNED = "planned"
    CARRIED_OUT = "carried_out"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Move(StrEnum):
    """What can be done to a visit."""

    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    MISS = "miss"
    CARRY_OUT = "carry_out"
    CLOSE = "close"


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    (State.PLANNED, Move.RESCHEDULE): State.PLANNED,
    (State.PLANNED, Move.CANCEL): State.CANCELLED,
    (State.PLANNED, Move.MISS): State.MISSED,
    (State.PLANNED, Move.CARRY_OUT): State.CARRIED_OUT,
    (State.MISSED, Move.RESCHEDULE): State.PLANNED,  # made up for
    (State.MISSED, Move.CARRY_OUT): State.CARRIED_OUT,  # it did take place and is noted late
    (State.CARRIED_OUT, Move.CLOSE): State.CLOSED,
}

# In these states a visit takes up the time of its people and of its commune.
OCCUPYING = (State.PLANNED, State.CARRIED_OUT, State.CLOSED)

_MEETINGS = (Purpose.COMMITTEE_MEETING, Purpose.CELL_MEETING)


def after(state: State, move: Move) -> State:
    """The state after a move; raises RuleBroken if the table does not have it."""
    try:
        return ALLOWED[state, move]
    except KeyError:
        raise RuleBroken(f"A visit that is {state} cannot be moved by '{move}'.", state=state) from None


def activities(purpose: Purpose) -> tuple[Activity, ...]:
    """What going there for a purpose counts as."""
    return (Activity.VISIT, Activity.MEETING) if purpose in _MEETINGS else (Activity.VISIT,)


def overlap(starts: datetime, ends: datetime, other_starts: datetime, other_ends: datetime) -> bool:
    """Whether two spans of time share a moment; the end of one may be the start of the other."""
    return starts < other_ends and other_starts < ends


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises BadInput naming the field for a time too far away, or a visit too short or too long."""
    if not now - FARTHEST_BACK <= starts_at <= now + FARTHEST_AHEAD:
        raise BadInput("A visit begins within a year back and two years ahead.", field="starts_at")
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise BadInput("A visit lasts from five minutes to seven days.", field="ends_at")


def check_partners(purpose: Purpose, lead: UUID, partners: Sequence[UUID]) -> None:
    """Raises BadInput naming `partners`: a joint visit names them, another has none, nobody stands in it twice."""
    if purpose == Purpose.JOINT and not partners:
        raise BadInput("A joint visit names its partners.", field="partners")
    if purpose != Purpose.JOINT and partners:
        raise BadInput("Only a joint visit has partners.", field="partners")
    if len({lead, *partners}) <= len(partners):
        raise BadInput("Each person goes once.", field="partners")


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Raises RuleBroken for a visit still to come."""
    if now < starts_at:
        raise RuleBroken("This visit has not begun yet; reschedule it if it took place earlier.")


def check_attendance(people: Sequence[Any], attended: int | None) -> int:
    """How many were there: as counted, or else those named. Raises BadInput if fewer were counted than named."""
    if attended is None:
        return len(people)
    if attended < len(people):
        raise BadInput(f"{len(people)} people are named, so at least as many were there.", field="attended")
    return attended


def check_closing(feedback: int, no_feedback_reason: str | None) -> None:
    """Raises BadInput naming `no_feedback_reason` unless there is feedback, or else a reason for none."""
    if not feedback and not no_feedback_reason:
        raise BadInput(
            "Chưa có góp ý nào: hãy góp ý, hoặc nêu lý do không có. "
            "A visit closes with feedback, or with the reason why there is none.",
            field="no_feedback_reason",
        )
    if feedback and no_feedback_reason:
        raise BadInput("There is feedback, so there is no reason for none.", field="no_feedback_reason")


def check_clashes(
    own: Iterable[dict[str, Any]],
    communes: Iterable[dict[str, Any]],
    *,
    allow: bool,
    reason: str | None,
) -> None:
    """Raises RuleBroken listing `clashes`. A person cannot be in two places; the commune can receive two visits
    if somebody says why (`allow` with `reason`; BadInput naming `clash_reason` without)."""
    if allow and not reason:
        raise BadInput("Say why the commune should receive two visits at once.", field="clash_reason")
    own, communes = list(own), list(communes)
    if own:
        raise RuleBroken(
            "Trùng lịch của người đi. Somebody who goes has another visit at this time.", clashes=[*own, *communes]
        )
    if communes and not allow:
        raise RuleBroken(
            "Xã đã có lịch tiếp đoàn khác. The commune has another visit at this time; "
            "send allow_clash with clash_reason if it should be so.",
            clashes=communes,
        )
