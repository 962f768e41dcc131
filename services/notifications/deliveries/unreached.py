"""Whom no channel reaches any more: said once of each person and notice, by whichever of its rows was the last."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.handing import give_back
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import Kind, Way
from shared import clock, trace
from shared.contracts.notifications import OFFICIAL_UNREACHED
from shared.database import dumps
from shared.messaging import outbox
from shared.messaging.events import NewEvent
from shared.prepared import Prepared

_NAMESPACE = UUID("5e2f9d0c-6b1a-5c7e-8f34-1d7a90b3c2e8")

# Two channels may fail at the same moment, in transactions that do not see each other: each would count on the
# other one. So they take turns, after they have written their own rows and before they look at the others'.
_TAKE_TURNS = Prepared(
    """
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(notice_id || '/' || official_id, 0) AS key
        FROM json_to_recordset(CAST(:rows AS json)) AS row (notice_id uuid, official_id uuid) ORDER BY key) AS keys
    """
)
# Under way is what is pending and has somewhere to go; of an official who is not known yet that may come. Only rows
# given are written to: those of other channels may be locked by who waits for this turn to end.
_MARK = Prepared(
    """
    WITH alone AS (
        SELECT DISTINCT ON (n.notice_id, n.official_id) n.id
        FROM json_to_recordset(CAST(:rows AS json)) AS row (id uuid) JOIN notifications AS n USING (id)
            CROSS JOIN telling_settings AS settings
        WHERE NOT EXISTS (
            SELECT FROM notifications AS each
            WHERE each.notice_id = n.notice_id AND each.official_id = n.official_id
                AND (each.acknowledged_at IS NOT NULL OR each.answer IS NOT NULL OR each.unreached_at IS NOT NULL
                    OR each.channel <> 'inapp' AND (each.state = 'sent' OR each.state = 'pending' AND (
                        each.waiting IS NULL OR each.waiting = 'no_contact' AND each.created_at
                            > CAST(:now AS timestamptz) - make_interval(secs => settings.unknown_for)))))
        ORDER BY n.notice_id, n.official_id, n.id)
    UPDATE notifications AS n SET unreached_at = CAST(:now AS timestamptz)
    FROM alone, notices
    WHERE n.id = alone.id AND notices.id = n.notice_id AND notices.kind IN ('escalation', 'handover')
    RETURNING n.official_id, n.full_name, coalesce(replace(n.waiting, '_', ' '), n.last_error) AS reason,
        n.notice_id, notices.kind, notices.about_id, notices.issue_id, notices.correlation_id, notices.traceparent
    """
)


def say_unreached(session: Session, rows: Sequence[Row[Any]]) -> None:
    """Of notifications (id, notice_id, official_id) that have failed now, or have nowhere to go: tell of each
    person with whom no channel is left, unless they have said something in the inbox. What a colleague handed over
    to them goes back to that one."""
    if not rows:
        return
    given = dumps([{name: getattr(row, name) for name in ("id", "notice_id", "official_id")} for row in rows])
    _TAKE_TURNS.rows(session, {"rows": given})
    now = clock.now()
    for row in sorted(_MARK.named(session, {"rows": given, "now": now}), key=_person):
        trace.start(row.correlation_id, row.traceparent)
        unreached_id = uuid5(_NAMESPACE, f"{row.notice_id}/{row.official_id}")
        by = {"official_id": row.official_id, "full_name": row.full_name, "reason": row.reason}
        giver = _given_back(session, row, unreached_id, by)
        data = {
            "unreached_id": unreached_id,
            "escalation_id": row.about_id or row.notice_id,
            "issue_id": row.issue_id,
            **by,
            "to_official_id": giver and giver["official_id"],
            "to_full_name": giver and giver["full_name"],
            "unreached_at": now,
        }
        outbox.record(session, NewEvent(OFFICIAL_UNREACHED, str(unreached_id), 1, data))


def _given_back(session: Session, row: Any, unreached_id: UUID, by: dict[str, Any]) -> dict[str, Any] | None:
    """Who handed it over, and has it again; None if it came to them in another way."""
    if row.kind != Kind.HANDOVER:
        return None
    notice = session.get_one(Notice, row.notice_id)
    passed: dict[str, Any] = notice.facts["passed"]
    if passed["way"] != Way.HANDED_OVER:
        return None
    give_back(session, notice, unreached_id, by, passed)
    return passed


def _person(row: Any) -> tuple[UUID, UUID]:
    return row.notice_id, row.official_id
