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
    SELECT escalation_id, step, issue_id, unit_path, CAST(issue AS json), CAST(recipients AS json),
           CAST(vacancies AS json), correlation_id, traceparent, :now
    FROM unnest(
        CAST(:escalation_ids AS uuid[]), CAST(:steps AS int[]), CAST(:issue_ids AS uuid[]),
        CAST(:unit_paths AS text[]), CAST(:issues AS text[]), CAST(:recipients AS text[]),
        CAST(:vacancies AS text[]), CAST(:correlation_ids AS text[]), CAST(:traceparents AS text[]))
        AS given (escalation_id, step, issue_id, unit_path, issue, recipients, vacancies,
                  correlation_id, traceparent)
    ON CONFLICT DO NOTHING
    """
)


def keep_notices(session: Session, events: Sequence[Event]) -> None:
    """One notice per escalation.routed event, in one statement; a notice there already stays as it is."""
    data = [event.data for event in events]
    arrays = {
        "escalation_ids": [each["escalation_id"] for each in data],
        "steps": [each["step"] for each in data],
        "issue_ids": [each["issue"]["id"] for each in data],
        "unit_paths": [each["issue"]["unit_path"] for each in data],
        "issues": [dumps(each["issue"]) for each in data],
        "recipients": [dumps(each["recipients"]) for each in data],
        "vacancies": [dumps(each["vacancies"]) for each in data],
        "correlation_ids": [event.correlation_id for event in events],
        "traceparents": [event.traceparent for event in events],
    }
    session.execute(_INSERT, arrays | {"now": clock.now()})
