"""Rules of feedback: its forms, its addressees, its states, by when it is followed up. Pure."""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from shared.clock import LOCAL
from shared.errors import BadInput, RuleBroken

TEXT_LONGEST = 10_000
REASON_SHORTEST, REASON_LONGEST = 5, 2_000
READERS_AT_MOST = 50
LONGEST_DAYS = 3 * 366
RULE_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")

_MORNING = time(7, 30)  # local: when people are reminded


class Form(StrEnum):
    """Given in due form (a meeting's minutes, a letter), or said in passing."""

    FORMAL = "formal"
    INFORMAL = "informal"


class Addressee(StrEnum):
    """To whom it is given (DOMAIN: cấp ủy, ban thường vụ, cán bộ chủ chốt)."""

    COMMITTEE = "committee"
    STANDING_COMMITTEE = "standing_committee"
    KEY_OFFICIAL = "key_official"


class State(StrEnum):
    """How far feedback has come."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    EXPLAINED = "explained"
    DONE = "done"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What can be done to feedback: the commune accepts or explains it; it is done, or not after all; who gave it
    takes it back before it is answered."""

    ACCEPT = "accept"
    EXPLAIN = "explain"
    DONE = "done"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    (State.GIVEN, Move.ACCEPT): State.ACCEPTED,
    (State.GIVEN, Move.EXPLAIN): State.EXPLAINED,
    (State.REOPENED, Move.ACCEPT): State.ACCEPTED,
    (State.REOPENED, Move.EXPLAIN): State.EXPLAINED,
    (State.ACCEPTED, Move.DONE): State.DONE,
    (State.EXPLAINED, Move.DONE): State.DONE,  # the explanation settles it
    (State.ACCEPTED, Move.REOPEN): State.REOPENED,
    (State.EXPLAINED, Move.REOPEN): State.REOPENED,
    (State.DONE, Move.REOPEN): State.REOPENED,
    (State.GIVEN, Move.WITHDRAW): State.WITHDRAWN,
    (State.REOPENED, Move.WITHDRAW): State.WITHDRAWN,
}

NEEDED: dict[Move, tuple[str, ...]] = {
    Move.ACCEPT: ("text", "by"),
    Move.EXPLAIN: ("text", "by"),
    Move.DONE: ("text",),
    Move.REOPEN: ("reason",),
    Move.WITHDRAW: ("reason",),
}
OPTIONAL: dict[Move, tuple[str, ...]] = {Move.ACCEPT: ("due_on",), Move.REOPEN: ("due_on",)}
DETAILS = ("text", "by", "reason", "due_on")

SETTLED = (State.DONE, State.WITHDRAWN)  # nobody is chased for it
WAITING_FOR_COMMUNE = (State.GIVEN, State.REOPENED, State.ACCEPTED)


class FollowUp(NamedTuple):
    """In days: by when feedback is followed up that names no day, when to remind before, how often after."""

    answer_days: int
    remind_before_days: int
    chase_every_days: int


def after(state: State, move: Move) -> State:
    """The state after a move; raises RuleBroken if the table does not have it."""
    try:
        return ALLOWED[state, move]
    except KeyError:
        raise RuleBroken(f"Feedback that is {state} cannot be moved by '{move}'.", state=state) from None


def check_details(move: Move, given: dict[str, Any]) -> None:
    """Raises BadInput naming the first detail that a move needs and lacks, or that it does not take."""
    for name in DETAILS:
        if name in NEEDED[move] and not given.get(name):
            raise BadInput(f"'{move}' needs this.", field=name)
        if given.get(name) and name not in NEEDED[move] + OPTIONAL.get(move, ()):
            raise BadInput(f"'{move}' does not take this.", field=name)


def check_due(due_on: date | None, today: date) -> None:
    """Raises BadInput naming `due_on` for a day that is past or too far away."""
    if due_on is not None and not today <= due_on <= today + timedelta(days=LONGEST_DAYS):
        raise BadInput("Give a day from today, within three years.", field="due_on")


def check_addressee(addressee: dict[str, Any] | None) -> None:
    """Raises BadInput naming `addressee`: a key official has a name or a position, a committee has neither."""
    if addressee is None:
        return
    named = addressee["name"] or addressee["position"]
    if addressee["kind"] == Addressee.KEY_OFFICIAL and not named:
        raise BadInput("Name the official, or the position.", field="addressee.name")
    if addressee["kind"] != Addressee.KEY_OFFICIAL and named:
        raise BadInput("Only a key official is named.", field="addressee.name")


def usual_due(today: date, rule: FollowUp) -> date:
    """The day on which feedback is followed up that names none."""
    return today + timedelta(days=rule.answer_days)


def next_chase(follow_on: date, today: date, rule: FollowUp) -> datetime:
    """When those concerned are reminded next: some days before, on the day after, then every so many days."""
    before, late = follow_on - timedelta(days=rule.remind_before_days), follow_on + timedelta(days=1)
    later = today + timedelta(days=rule.chase_every_days)
    day = before if before > today else late if late > today else later
    return datetime.combine(day, _MORNING, LOCAL)
