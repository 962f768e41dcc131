"""Write down who is to be told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared import clock
from shared.database import dumps
from shared.ids import uuid7
from shared.messaging.events import Event

# A person is told once per escalation and channel: the unique index refuses the second row, whatever brought it.
_INSERT = text(
    """
    WITH told AS (
        SELECT * FROM unnest(
            CAST(:email_ids AS uuid[]), CAST(:inapp_ids AS uuid[]), CAST(:escalation_ids AS uuid[]),
            CAST(:official_ids AS uuid[]), CAST(:full_names AS text[]), CAST(:reasons AS text[]))
            AS given (email_id, inapp_id, escalation_id, official_id, full_name, reasons))
    INSERT INTO notifications (id, escalation_id, official_id, channel, full_name, reasons, created_at,
                               state, due_at, sent_at)
    SELECT email_id, escalation_id, official_id, 'email', full_name, CAST(reasons AS json), :now,
           'pending', CAST(:now AS timestamptz), NULL FROM told
    UNION ALL
    SELECT inapp_id, escalation_id, official_id, 'inapp', full_name, CAST(reasons AS json), :now,
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
    people = [(event.data["escalation_id"], each) for event in events for each in event.data["recipients"]]
    arrays = {
        "email_ids": [uuid7() for _ in people],
        "inapp_ids": [uuid7() for _ in people],
        "escalation_ids": [escalation_id for escalation_id, _ in people],
        "official_ids": [each["official_id"] for _, each in people],
        "full_names": [each["full_name"] for _, each in people],
        "reasons": [dumps(each["reasons"]) for _, each in people],
    }
    return _count(session, arrays | {"now": clock.now()})


def _count(session: Session, values: dict[str, object]) -> int:
    return session.execute(_INSERT, values).rowcount  # type: ignore[attr-defined]


def stop_waiting(session: Session, officials: list[UUID]) -> bool:
    """Make due what waited for these officials' contacts; True if there was any."""
    result = session.execute(_UNWAIT, {"officials": officials, "now": clock.now()})
    return bool(result.rowcount)  # type: ignore[attr-defined]
