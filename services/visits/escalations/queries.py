"""Reading escalations."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.escalations.model import Escalation, Recipient
from shared.web.paging import paginate

_SHOWN = ("id", "issue_id", "step", "reason", "at", "escalated_at", "escalated_by", "routed_at", "vacancies")


def page_of_issue(session: Session, issue_id: UUID, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of an issue's escalations, oldest first, each with the people told."""
    statement = select(Escalation).where(Escalation.issue_id == issue_id)
    keys = (Escalation.escalated_at, Escalation.id)
    page = paginate(session, statement, *keys, limit=limit, cursor=cursor)
    people: dict[UUID, list[Recipient]] = defaultdict(list)
    ids = [escalation.id for escalation in page["items"]]
    told = select(Recipient).where(Recipient.escalation_id.in_(ids)).order_by(Recipient.full_name)
    for person in session.scalars(told) if ids else ():
        people[person.escalation_id].append(person)
    return page | {"items": [shown(each, people[each.id]) for each in page["items"]]}


def shown(escalation: Escalation, people: list[Recipient]) -> dict[str, Any]:
    """An escalation as the API shows it."""
    first = {
        "at": escalation.acknowledged_at,
        "official_id": escalation.acknowledged_by,
        "full_name": escalation.acknowledged_by_name,
    }
    recipients = [
        {
            "official_id": person.official_id,
            "full_name": person.full_name,
            "reasons": person.reasons,
            "acknowledged_at": person.acknowledged_at,
            "acknowledged_over": person.acknowledged_over,
            "answer": person.answer,
            "answered_at": person.answered_at if person.answer else None,
            "answer_reason": person.answer_reason,
            "answer_to": person.answer_to,
            "handed_by": person.handed_by,
            "unreached_at": person.unreached_at,
        }
        for person in people
    ]
    return {
        **{name: getattr(escalation, name) for name in _SHOWN},
        "acknowledged": first if escalation.acknowledged_at else None,
        "recipients": recipients,
    }
