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
from shared.contracts.notifications import NOTIFICATION_ARRIVED, NOTIFICATION_FAILED
from shared.messaging import outbox
from shared.messaging.events import NewEvent

log = logs.get_logger()


def record_turns(
    session: Session, turned: Sequence[Row[Any]], settled: Sequence[Settled], channel: Channel
) -> None:
    """What has failed now, or arrived although it had, and whom nothing reaches any more."""
    by_id = {each.row.id: each for each in settled}
    for row in turned:
        _record_turn(session, row, by_id[row.id], channel)
    ended = [each.row for each in settled if each.change.state is State.FAILED or each.change.waiting]
    say_unreached(session, ended)


def _record_turn(session: Session, row: Row[Any], each: Settled, channel: Channel) -> None:
    """A notification.failed event if it has failed for the first time, notification.arrived if it was sent after
    that, in the trace of its escalation.

    What is no escalation has no timeline to be written on: that it failed is seen among the notifications, and in
    the log."""
    notice, failed = each.notice, row.state == State.FAILED
    trace.start(notice.correlation_id, notice.traceparent)
    if notice.kind not in ASKING:
        if failed:
            log.warning(
                "telling_failed", notification_id=str(row.id), kind=notice.kind, notice_id=str(notice.notice_id)
            )
        return
    if failed and row.failed_before:
        return  # sent again by hand, in vain again: that it did not arrive is known
    data = {
        "notification_id": row.id,
        "escalation_id": UUID(notice.facts["escalation_id"]),
        "issue_id": notice.issue_id,
        "official_id": each.row.official_id,
        "full_name": each.row.full_name,
        "channel": channel,
    }
    data |= {"reason": each.change.error, "failed_at": clock.now()} if failed else {"arrived_at": clock.now()}
    kind = NOTIFICATION_FAILED if failed else NOTIFICATION_ARRIVED
    outbox.record(session, NewEvent(kind, str(row.id), row.version, data))
