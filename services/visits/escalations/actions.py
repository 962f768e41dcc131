"""Escalating an issue."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.visits.deadlines.actions import resume
from services.visits.escalations.model import Escalation, EscalationStep
from services.visits.escalations.waiting import Waiting, await_acknowledgement
from services.visits.issues.model import Issue
from services.visits.issues.queries import locked
from services.visits.timeline import actions as timeline
from services.visits.timeline.model import TimelineEntry
from shared.contracts.visits import ISSUE_ESCALATED
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record
from shared.web.auth import Principal


def escalate(
    session: Session, reference: str, who: Principal, *, reason: str, step: int | None = None
) -> Escalation:
    """Escalate the issue with this id or code: issue, escalation, timeline and event in one transaction.

    Raises NotFound, BadInput naming `step`, or RuleBroken when the issue cannot go higher.
    """
    issue, last_step = locked(session, reference, who, select(func.max(EscalationStep.step)).scalar_subquery())
    waited = issue.waiting_since is not None
    issue.escalate(step, last_step)
    escalation = Escalation.of(issue, reason=reason, by=who.client_id)
    line = timeline.escalated(
        issue.id,
        escalation.escalated_at,
        who.client_id,
        escalation_id=escalation.id,
        step=escalation.step,
        reason=reason,
    )
    session.add_all([escalation, TimelineEntry(**line)])
    session.flush()
    if waited:  # for information; escalating ends that
        resume(session, issue.id, escalation.escalated_at)
    await_acknowledgement(session, [Waiting(issue.id, escalation.step, escalation.escalated_at)])
    record(session, NewEvent(ISSUE_ESCALATED, str(issue.id), issue.version, facts_of(issue, escalation)))
    return escalation


def facts_of(issue: Issue, escalation: Escalation) -> dict[str, Any]:
    """The data of issue.escalated: what people are told, without who reported it."""
    named = (
        "id", "code", "title", "kind", "category", "severity", "description",
        "unit_code", "unit_name", "unit_path", "hamlet_name",
    )  # fmt: skip
    told = {name: getattr(issue, name) for name in named}
    told |= {name: getattr(escalation, name) for name in ("reason", "escalated_at", "escalated_by")}
    return {
        "escalation_id": escalation.id,
        "step": escalation.step,
        "unit_id": issue.unit_id,
        "hamlet_id": issue.hamlet_id,
        "at": escalation.at,
        "issue": told,
    }
