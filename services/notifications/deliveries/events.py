"""What other services hear of deliveries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.deliveries.actions import Settled
from services.notifications.deliveries.mailer import Mailer
from services.notifications.notifications.rules import Channel
from shared import clock, trace
from shared.contracts.notifications import NOTIFICATION_FAILED
from shared.messaging import outbox
from shared.messaging.events import NewEvent


def record_failures(
    session: Session, failed: Sequence[Row[Any]], settled: Sequence[Settled], mailer: Mailer
) -> None:
    """A notification.failed event for each row that has failed now, in the trace of its escalation."""
    by_id = {each.row.id: each for each in settled}
    for row in failed:
        each = by_id[row.id]
        notice = mailer.notice(each.row)
        trace.start(notice.correlation_id, notice.traceparent)
        data = {
            "notification_id": row.id,
            "escalation_id": notice.escalation_id,
            "issue_id": notice.issue_id,
            "official_id": each.row.official_id,
            "full_name": each.row.full_name,
            "channel": Channel.EMAIL,
            "reason": each.change.error,
            "failed_at": clock.now(),
        }
        outbox.record(session, NewEvent(NOTIFICATION_FAILED, str(row.id), row.version, data))
