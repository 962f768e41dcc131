"""Write down who is to be told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import clock
from shared.database import dumps
from shared.ids import uuid7
from shared.messaging.events import Event

# All bulk statements take their rows as one JSON text: arrays of values cost the driver five times as much.
# A person is told once per escalation and channel: the unique index refuses the second row, whatever brought it.
_INSERT = text(
    """
    WITH told AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json))
            AS row (email_id uuid, inapp_id uuid, escalation_id uuid, official_id uuid, full_name text,
                    reasons json))
    INSERT INTO notifications (id, escalation_id, official_id, channel, full_name, reasons, created_at,
                               state, due_at, sent_at)
    SELECT email_id, escalation_id, official_id, 'email', full_name, reasons, :now,
           'pending', CAST(:now AS timestamptz), NULL FROM told
    UNION ALL
    SELECT inapp_id, escalation_id, official_id, 'inapp', full_name, reasons, :now,
           'sent', NULL, CAST(:now AS timestamptz) FROM told
    ON CONFLICT DO NOTHING
    """
)
_UNWAIT = text(
    "UPDATE notifications SET due_at = :now, waiting = NULL "
    "WHERE official_id = ANY(CAST(:officials AS uuid[])) AND waiting IS NOT NULL"
)


def notify(session: Session, events: Sequence[Event]) -> int:
    """One notification per person and channel for escalation.routed events, in one statement.
    E-mail is due now; in-app is delivered by being there. Returns how many rows are new."""
    rows = [
        person | {"escalation_id": event.data["escalation_id"], "email_id": uuid7(), "inapp_id": uuid7()}
        for event in events
        for person in event.data["recipients"]
    ]
    result = session.execute(_INSERT, {"rows": dumps(rows), "now": clock.now()})
    return result.rowcount  # type: ignore[attr-defined]


def stop_waiting(session: Session, officials: list[UUID]) -> bool:
    """Make due what waited for these officials' contacts; True if there was any."""
    result = session.execute(_UNWAIT, {"officials": officials, "now": clock.now()})
    return bool(result.rowcount)  # type: ignore[attr-defined]
