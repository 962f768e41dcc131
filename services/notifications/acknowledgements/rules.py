"""What an official may say of an escalation, and what that changes. Pure."""

from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.errors import BadInput, RuleBroken

REASON_SHORTEST, REASON_LONGEST = 5, 2_000


class Answer(StrEnum):
    """More than having seen it."""

    TAKEN = "taken"  # Tôi sẽ xử lý: it is acknowledged with that
    HANDED_OVER = "handed_over"  # Chuyển cho…: the clock goes on until that one acknowledges
    DECLINED = "declined"  # Không phải việc của tôi: others are sought
    RETURNED = "returned"  # Trả lại: the acknowledgement is taken back, the clock runs again


class Given(NamedTuple):
    """What an official says: `reason` for all but taking it, `to` for handing it over."""

    answer: Answer
    reason: str | None = None
    to: UUID | None = None


class Standing(NamedTuple):
    """Where an official stands with an escalation: `to` is whom they handed it over to last."""

    acknowledged: bool
    answer: Answer | None
    to: UUID | None = None


def check(given: Given, official_id: UUID) -> None:
    """Raises BadInput naming the field that is missing or out of place."""
    if given.answer is not Answer.TAKEN and given.reason is None:
        raise BadInput("Say why: others have to go by it.", field="reason")
    if given.answer is Answer.HANDED_OVER and given.to is None:
        raise BadInput("Say whom it is handed over to.", field="to")
    if given.answer is not Answer.HANDED_OVER and given.to is not None:
        raise BadInput("Only what is handed over goes to somebody.", field="to")
    if given.to == official_id:
        raise BadInput("It is with this official already.", field="to")


def changes(given: Given, standing: Standing) -> bool:
    """False if it has been said already. Raises RuleBroken for giving back what was not acknowledged."""
    if given.answer is Answer.RETURNED:
        if standing.answer is Answer.RETURNED and not standing.acknowledged:
            return False
        if not standing.acknowledged:
            raise RuleBroken("It is not acknowledged, so it cannot be given back.")
    return given.answer is not standing.answer or given.to != standing.to
