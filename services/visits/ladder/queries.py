"""Timers that are due, with their issues; both are locked, and what another holds is passed over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import desc, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.visits.deadlines.model import TO_CLIMB, TO_NOTE, TO_WARN, Timer
from services.visits.escalations.model import Escalation, EscalationStep, Recipient
from services.visits.issues.model import Issue
from shared.web.paging import paginate


class Found(NamedTuple):
    """A timer and its issue."""

    timer: Timer
    issue: Issue


def to_climb(session: Session, now: datetime, limit: int) -> list[Found]:
    """Due timers that may carry their issue higher, the most overdue first."""
    return _claimed(session, TO_CLIMB, Timer.due_at, now, limit)


def to_note(session: Session, now: datetime, limit: int) -> list[Found]:
    """Missed deadlines that are only told, the most overdue first."""
    return _claimed(session, TO_NOTE, Timer.due_at, now, limit)


def to_warn(session: Session, now: datetime, limit: int) -> list[Found]:
    """Timers whose warning is due."""
    return _claimed(session, TO_WARN, Timer.warn_at, now, limit)


def told_last(session: Session, issue_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Those whom the last escalation of an issue was told to, as reminders take them."""
    last = (
        select(Escalation.id)
        .where(Escalation.issue_id == issue_id)
        .order_by(desc(Escalation.escalated_at), desc(Escalation.id))
        .limit(1)
    )
    people = select(Recipient.official_id, Recipient.full_name).where(
        Recipient.escalation_id == last.scalar_subquery()
    )
    return [(row.official_id, row.full_name) for row in session.execute(people.order_by(Recipient.official_id))]


def page_of_steps(session: Session, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """The steps of the ladder."""
    return paginate(session, select(EscalationStep), EscalationStep.step, limit=limit, cursor=cursor)


def _claimed(
    session: Session, condition: str, at: InstrumentedAttribute[Any], now: datetime, limit: int
) -> list[Found]:
    wanted = (
        select(Timer, Issue)
        .join(Issue, Issue.id == Timer.issue_id)
        .where(text(condition), at <= now)
        .order_by(at)
        .limit(limit)
        .with_for_update(of=[Timer, Issue], skip_locked=True, key_share=True)
    )
    return [Found(*row) for row in session.execute(wanted)]
