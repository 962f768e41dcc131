"""What other services hear of deliveries."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.deliveries.actions import Settled
from services.notifications.deliveries.unreached import say_unreached
from services.notifications.notices.rules import ASKING
from services.notifications.notifications.rules import Channel, State
from shared import clock, logs, trace
from shared.contracts.notifications import NOTIFICATION_FAILED
from shared.messaging import outbox
from shared.messaging.events import NewEvent

log = logs.get_logger()


def record_failures(
    session: Session, failed: Sequence[Row[Any]], settled: Sequence[Settled], channel: Channel
) -> None:
    """What has failed now, and whom nothing reaches any more."""
    _record_failed(session, failed, settled, channel)
    ended = [each.row for each in settled if each.change.state is State.FAILED or each.change.waiting]
    say_unreached(session, ended)


def _record_failed(
    session: Session, failed: Sequence[Row[Any]], settled: Sequence[Settled], channel: Channel
) -> None:
    """A notification.failed event for each row that has failed for the first time, in the trace of its escalation.

    What is no escalation has no timeline to be written on: that it failed is seen among the notifications, and in
    the log."""
    by_id = {each.row.id: each for each in settled}
    for row in failed:
        each = by_id[row.id]
        notice = each.notice
        trace.start(notice.correlation_id, notice.traceparent)
        if notice.kind not in ASKING:
            log.warning(
                "telling_failed", notification_id=str(row.id), kind=notice.kind, notice_id=str(notice.notice_id)
            )
            continue
        if row.failed_before:
            continue  # sent again by hand, in vain again: that it did not arrive is known
        data = {
            "notification_id": row.id,
            "escalation_id": UUID(notice.facts["escalation_id"]),
            "issue_id": notice.issue_id,
            "official_id": each.row.official_id,
            "full_name": each.row.full_name,
            "channel": channel,
            "reason": each.change.error,
            "failed_at": clock.now(),
        }
        outbox.record(session, NewEvent(NOTIFICATION_FAILED, str(row.id), row.version, data))
