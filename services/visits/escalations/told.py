"""Who was told of an escalation, and who of them need not be asked who else is responsible."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.escalations.model import Recipient
from services.visits.escalations.standing import Answer

OF_SILENCE = ("acknowledged_at", "answer", "answered_at", "unreached_at")


class Told(NamedTuple):
    """Everybody told of an escalation, and those of them who need not be asked."""

    everybody: list[UUID]
    declined: list[UUID]
    unreached: list[UUID]


def silent(row: Any) -> bool:
    """Whether somebody has said nothing since they could not be reached: what was handed over and came back may be
    unheard of by who gave it away."""
    return row.acknowledged_at is None and (row.answer is None or row.answered_at < row.unreached_at)


def told_of(session: Session, ids: Collection[UUID]) -> dict[UUID, Told]:
    """Who was told of each escalation."""
    columns = [getattr(Recipient, name) for name in ("escalation_id", "official_id", *OF_SILENCE)]
    statement = select(*columns).where(Recipient.escalation_id.in_(ids))
    found = {each: Told([], [], []) for each in ids}
    for row in session.execute(statement.order_by(Recipient.official_id)):
        told = found[row.escalation_id]
        told.everybody.append(row.official_id)
        if row.answer == Answer.DECLINED:
            told.declined.append(row.official_id)
        if row.unreached_at and silent(row):
            told.unreached.append(row.official_id)
    return found
