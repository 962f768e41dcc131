"""Escalating an issue."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.visits.escalations.carrying import Climb, carry
from services.visits.escalations.model import Escalation, EscalationStep
from services.visits.issues.queries import locked
from shared.web.auth import Principal


def escalate(
    session: Session, reference: str, who: Principal, *, reason: str, step: int | None = None
) -> Escalation:
    """Escalate the issue with this id or code: issue, escalation, timeline and event in one transaction.

    Raises NotFound, BadInput naming `step`, or RuleBroken when the issue cannot go higher.
    """
    issue, last = locked(session, reference, who, select(func.max(EscalationStep.step)).scalar_subquery())
    return carry(session, [Climb(issue, step, reason)], last, by=who.client_id)[0]
