"""Carrying issues to a step, one or many: each with its escalation, its line, its timers and its event."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.visits.deadlines.actions import resume
from services.visits.deadlines.writing import CHANGED
from services.visits.escalations.model import Escalation
from services.visits.escalations.waiting import Waiting, to_acknowledge
from services.visits.issues.model import Issue
from services.visits.timeline import actions as timeline
from shared.contracts.visits import ISSUE_ESCALATED
from shared.database import dumps
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many
from shared.prepared import Prepared

SYSTEM = "system"

# One statement: somebody waits for it, and a hundred may come at once. Escalating ends the wait for information.
_CARRY = Prepared(
    f"""
    WITH moved AS (
        UPDATE issues SET state = went.state, step = went.step, version = went.version,
            waiting_since = NULL, waiting_for = NULL
        FROM json_to_recordset(CAST(:issues AS json)) AS went (id uuid, state text, step smallint, version int)
        WHERE issues.id = went.id
    ), escalated AS (
        INSERT INTO escalations (id, issue_id, step, reason, at, escalated_at, escalated_by, vacancies)
        SELECT *, '[]' FROM json_to_recordset(CAST(:escalations AS json)) AS made (id uuid, issue_id uuid,
            step smallint, reason text, at date, escalated_at timestamptz, escalated_by text)
    ), noted AS ({timeline.NOTE}), {CHANGED} SELECT
    """
)
_MOVED = ("id", "state", "step", "version")
_MADE = ("id", "issue_id", "step", "reason", "at", "escalated_at", "escalated_by")


class Climb(NamedTuple):
    """An issue (locked), the step it is to go to (None: the next one), and why."""

    issue: Issue
    step: int | None
    reason: str


def carry(session: Session, climbs: Sequence[Climb], last: int, *, by: str | None) -> list[Escalation]:
    """Carry each issue to its step, of which `last` is the highest; `by`: the client, or None for the system.

    The issues leave the session with the values they then have; the escalations never were in it. Raises RuleBroken
    or BadInput naming `step`.
    """
    if not climbs:
        return []
    session.flush()
    made, waited = [], [issue.id for issue, _, _ in climbs if issue.waiting_since is not None]
    for issue, step, reason in climbs:
        session.expunge(issue)
        issue.escalate(step, last)
        made.append(Escalation.of(issue, reason=reason, by=by or SYSTEM))
    for each in made:
        if each.issue_id in waited:
            resume(session, each.issue_id, each.escalated_at)
    lines = [
        timeline.escalated(
            each.issue_id, each.escalated_at, by, escalation_id=each.id, step=each.step, reason=each.reason
        )
        for each in made
    ]
    waits = to_acknowledge(session, [Waiting(each.issue_id, each.step, each.escalated_at) for each in made])
    rows = {
        "issues": dumps([{name: getattr(issue, name) for name in _MOVED} for issue, _, _ in climbs]),
        "escalations": dumps([{name: getattr(each, name) for name in _MADE} for each in made]),
        "lines": dumps(lines),
    }
    _CARRY.run(session, rows | waits.values())
    facts = [
        NewEvent(ISSUE_ESCALATED, str(issue.id), issue.version, facts_of(issue, escalation))
        for (issue, _, _), escalation in zip(climbs, made, strict=True)
    ]
    record_many(session, [(fact, None) for fact in facts])
    return made


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
