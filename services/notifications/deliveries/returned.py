"""Mail that was accepted and came back: what was sent has failed after all, unless it was acknowledged."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.notifications.deliveries.unreached import say_unreached
from services.notifications.notices.rules import ASKING
from services.notifications.notifications.rules import Channel
from services.notifications.reachability.actions import note_bounces
from services.notifications.reachability.rules import Bounce
from shared import clock, trace
from shared.contracts.notifications import NOTIFICATION_FAILED
from shared.database import dumps
from shared.messaging import outbox
from shared.messaging.events import NewEvent
from shared.prepared import Prepared
from shared.search import words

_FAIL = Prepared(
    """
    WITH returned AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (id uuid, reason text, words text[])),
    inside AS (
        SELECT id, reason, words FROM returned
        UNION SELECT mate.id, reason, words FROM returned JOIN notifications AS named USING (id)
            JOIN notifications AS mate ON mate.bundle = named.bundle AND mate.channel = named.channel)
    UPDATE notifications AS n SET state = 'failed', last_error = inside.reason, version = n.version + 1,
        error_words = array_to_tsvector(inside.words), failed_at = coalesce(n.failed_at, CAST(:now AS timestamptz))
    FROM inside, notices
    WHERE n.id = inside.id AND n.state = 'sent' AND n.acknowledged_at IS NULL AND notices.id = n.notice_id
    RETURNING n.id, n.version, n.official_id, n.full_name, n.last_error, notices.id AS notice_id, notices.kind,
              notices.about_id, notices.issue_id, notices.correlation_id, notices.traceparent,
              old.failed_at IS NOT NULL AS failed_before
    """
)


def note_returned(session: Session, bounces: Sequence[Bounce]) -> None:
    """Note bounces, and fail aloud what came back: everything that stood in that mail. Whom nothing else reaches is
    told, so that others are sought."""
    returned = note_bounces(session, bounces)
    if not returned:
        return
    rows = [{"id": each, "reason": reason, "words": words(reason)} for each, reason in sorted(returned)]
    failed = _FAIL.named(session, {"rows": dumps(rows), "now": clock.now()})
    for each in failed:
        if each.kind not in ASKING or each.failed_before:
            continue
        trace.start(each.correlation_id, each.traceparent)
        data = {
            "notification_id": each.id,
            "escalation_id": each.about_id or each.notice_id,
            "issue_id": each.issue_id,
            "official_id": each.official_id,
            "full_name": each.full_name,
            "channel": Channel.EMAIL,
            "reason": each.last_error,
            "failed_at": clock.now(),
        }
        outbox.record(session, NewEvent(NOTIFICATION_FAILED, str(each.id), each.version, data))
    say_unreached(session, failed)
