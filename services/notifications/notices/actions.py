"""Freeze what there is to say."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import clock
from shared.database import dumps
from shared.messaging.events import Event

_INSERT = text(
    """
    INSERT INTO notices (escalation_id, step, issue_id, unit_path, issue, recipients, vacancies,
                         correlation_id, traceparent, created_at)
    SELECT row.*, :now FROM json_to_recordset(CAST(:rows AS json))
        AS row (escalation_id uuid, step int, issue_id uuid, unit_path text, issue json, recipients json,
                vacancies json, correlation_id text, traceparent text)
    ON CONFLICT DO NOTHING
    """
)


def keep_notices(session: Session, events: Sequence[Event]) -> None:
    """One notice per escalation.routed event, in one statement; a notice there already stays as it is."""
    rows = [
        {
            "escalation_id": event.data["escalation_id"],
            "step": event.data["step"],
            "issue_id": event.data["issue"]["id"],
            "unit_path": event.data["issue"]["unit_path"],
            "issue": event.data["issue"],
            "recipients": event.data["recipients"],
            "vacancies": event.data["vacancies"],
            "correlation_id": event.correlation_id,
            "traceparent": event.traceparent,
        }
        for event in events
    ]
    session.execute(_INSERT, {"rows": dumps(rows), "now": clock.now()})
