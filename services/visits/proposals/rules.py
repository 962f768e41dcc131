"""Rules of a joint proposal: its states, who may still sign, when it goes out and when it cannot any more. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.clock import LOCAL
from shared.errors import BadInput, RuleBroken

TITLE_LONGEST, TEXT_LONGEST = 200, 10_000
REASON_SHORTEST, REASON_LONGEST = 5, 2_000
MOST_ISSUES, MOST_SIGNERS = 20, 30

_MORNING = time(7, 30)  # local: when people are reminded


class State(StrEnum):
    """How far a proposal has come."""

    COLLECTING = "collecting"
    SUBMITTED = "submitted"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What can be done to a proposal. Submitting and lapsing follow from the signatures; nobody asks for them."""

    SIGN = "sign"
    DECLINE = "decline"
    SUBMIT = "submit"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    ANSWER = "answer"


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    (State.COLLECTING, Move.SIGN): State.COLLECTING,
    (State.COLLECTING, Move.DECLINE): State.COLLECTING,
    (State.COLLECTING, Move.SUBMIT): State.SUBMITTED,
    (State.COLLECTING, Move.LAPSE): State.LAPSED,
    (State.COLLECTING, Move.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Move.SIGN): State.SUBMITTED,  # who was asked may still join those who have signed
    (State.SUBMITTED, Move.DECLINE): State.SUBMITTED,
    (State.SUBMITTED, Move.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Move.ANSWER): State.ANSWERED,
}

ASKED_FOR = (Move.SIGN, Move.DECLINE, Move.WITHDRAW, Move.ANSWER)
BY_SIGNER = (Move.SIGN, Move.DECLINE)
NEEDED: Mapping[Move, tuple[str, ...]] = {
    Move.SIGN: ("official",),
    Move.DECLINE: ("official", "reason"),
    Move.WITHDRAW: ("official", "reason"),
    Move.ANSWER: ("text", "by"),
}
OPTIONAL: Mapping[Move, tuple[str, ...]] = {Move.ANSWER: ("official",)}
DETAILS = ("official", "reason", "text", "by")


class Answer(StrEnum):
    """What an invited official has said."""

    INVITED = "invited"
    SIGNED = "signed"
    DECLINED = "declined"


def after(state: State, move: Move) -> State:
    """The state after a move; raises RuleBroken if the table does not have it."""
    try:
        return ALLOWED[state, move]
    except KeyError:
        raise RuleBroken(f"A proposal that is {state} cannot be moved by '{move}'.", state=state) from None


def outcome(answers: Iterable[Answer], quorum: int) -> Move | None:
    """What follows from the answers of those invited: SUBMIT once `quorum` have signed, LAPSE once so many
    cannot sign any more, None while it is open."""
    given = list(answers)
    signed = given.count(Answer.SIGNED)
    if signed >= quorum:
        return Move.SUBMIT
    return Move.LAPSE if signed + given.count(Answer.INVITED) < quorum else None


def quorum_of(wanted: int | None, invited: int) -> int:
    """How many of those invited must sign: all of them unless fewer are wanted. Raises BadInput naming `quorum`."""
    if wanted is not None and not 1 <= wanted <= invited:
        raise BadInput(f"{invited} are invited; between 1 and {invited} of them can be asked for.", field="quorum")
    return invited if wanted is None else wanted


def check_invited(drafter: UUID, cosigners: Sequence[UUID]) -> None:
    """Raises BadInput naming the place of one invited twice, or of who drafts it and has signed thereby."""
    for place, each in enumerate(cosigners):
        if each == drafter:
            raise BadInput("Who drafts a proposal has signed it.", field=f"cosigners.{place}")
        if each in cosigners[:place]:
            raise BadInput("Invited twice.", field=f"cosigners.{place}")


def check_answer(answer: Answer, move: Move) -> Answer:
    """What one invited has said once they sign or decline; raises RuleBroken if they have said so before.

    A signature stays; one who declined may still sign."""
    if answer == Answer.SIGNED or (answer == Answer.DECLINED and move == Move.DECLINE):
        raise RuleBroken(f"This official has {answer} already.", field="official")
    return Answer.SIGNED if move == Move.SIGN else Answer.DECLINED


def next_chase(today: date, every_days: int) -> datetime:
    """The morning on which those who have said nothing are reminded next."""
    return datetime.combine(today + timedelta(days=every_days), _MORNING, LOCAL)


def check_details(move: Move, given: Mapping[str, Any]) -> None:
    """Raises BadInput naming the detail that a move needs and lacks, or that it does not take."""
    for name in DETAILS:
        if name in NEEDED[move] and not given.get(name):
            raise BadInput(f"'{move}' needs this.", field=name)
        if given.get(name) and name not in NEEDED[move] + OPTIONAL.get(move, ()):
            raise BadInput(f"'{move}' does not take this.", field=name)
