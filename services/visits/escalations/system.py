"""Escalations that the system makes by itself, many in one go."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from services.visits.deadlines.actions import resume
from services.visits.escalations.actions import facts_of
from services.visits.escalations.model import Escalation
from services.visits.escalations.waiting import Waiting, await_acknowledgement, steps
from services.visits.issues.model import Issue
from services.visits.timeline import actions as timeline
from shared import clock
from shared.contracts.visits import ISSUE_ESCALATED
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many

SYSTEM = "system"


class Climb(NamedTuple):
    """An issue (locked) and the step it is to go to."""

    issue: Issue
    step: int
    reason: str


def escalate_all(session: Session, climbs: Sequence[Climb]) -> list[Escalation]:
    """Carry each issue to its step, with its line on the timeline and its event; raises RuleBroken or BadInput."""
    last, made = max(steps(session), default=0), []
    waited = [climb.issue for climb in climbs if climb.issue.waiting_since is not None]
    for issue, step, reason in climbs:
        issue.escalate(step, last)
        made.append(Escalation.of(issue, reason=reason, by=SYSTEM))
    session.add_all(made)
    session.flush()
    lines = [
        timeline.escalated(
            each.issue_id, each.escalated_at, None, escalation_id=each.id, step=each.step, reason=each.reason
        )
        for each in made
    ]
    timeline.note(session, lines)
    for issue in waited:  # for information; escalating ends that
        resume(session, issue.id, clock.now())
    await_acknowledgement(session, [Waiting(each.issue_id, each.step, each.escalated_at) for each in made])
    facts = [
        NewEvent(ISSUE_ESCALATED, str(climb.issue.id), climb.issue.version, facts_of(climb.issue, escalation))
        for climb, escalation in zip(climbs, made, strict=True)
    ]
    record_many(session, [(fact, None) for fact in facts])
    return made
