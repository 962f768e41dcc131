"""An official has seen an escalation, or a reminder."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.acknowledgements.matter import Matter, matters
from services.notifications.acknowledgements.rules import Answer
from services.notifications.notices.rules import ASKING
from services.notifications.notifications.actions import spare
from services.notifications.notifications.model import Notification
from shared import clock
from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many


def acknowledge(session: Session, notification_id: UUID, by: str) -> Notification:
    """Acknowledge a notification and, with it, what the same person got of the same matter otherwise.

    The first time it is recorded and, of an escalation, told once; again, it changes nothing. What is held back for
    later does not ask for it any more. `by` says which
    way: link, or the client that did it. Raises NotFound.
    """
    return acknowledge_all(session, [notification_id], by)[0]


def acknowledge_all(session: Session, ids: Sequence[UUID], by: str) -> list[Notification]:
    """The same for many, with a constant number of statements. Raises NotFound naming `notifications.N`."""
    found, at, told = matters(session, ids), clock.now(), []
    spared: list[UUID] = []
    for matter in found:
        if matter.asked.acknowledged_at is None:
            has_it = bool(matter.standing_rows)  # it came to them again: nobody need hear of that
            handles_it = any(row.answer == Answer.TAKEN for row in matter.standing_rows)
            matter.acknowledge(at, by, Answer.TAKEN if handles_it else None)
            spared += matter.spared(at)
            if matter.notice.kind in ASKING and not has_it:
                told.append(NewEvent(NOTIFICATION_ACKNOWLEDGED, *_said(matter, {"acknowledged_at": at})))
    spare(session, spared)
    record_many(session, [(each, None) for each in told])
    return [matter.asked for matter in found]


def fact_of(matter: Matter, more: dict[str, Any]) -> dict[str, Any]:
    """What other services are told of what an official said; `more` is what that was."""
    asked = matter.asked
    names = ("official_id", "full_name", "channel")
    about = {"notification_id": asked.id, "escalation_id": matter.subject, "issue_id": matter.notice.issue_id}
    return about | {name: getattr(asked, name) for name in names} | more


def _said(matter: Matter, more: dict[str, datetime]) -> tuple[str, int, dict[str, Any]]:
    return str(matter.asked.id), matter.version, fact_of(matter, more)
