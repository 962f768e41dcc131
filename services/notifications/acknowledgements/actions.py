"""An official has seen an escalation."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.notices.model import Notice
from services.notifications.notifications.model import Notification
from shared import clock
from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED
from shared.errors import NotFound
from shared.messaging import outbox
from shared.messaging.events import NewEvent


def acknowledge(session: Session, notification_id: UUID, by: str) -> Notification:
    """Acknowledge a notification and, with it, what the same person got of the same escalation over other channels.

    The first time it is recorded and told once; again, it changes nothing. `by` says which way: link, or the client
    that did it. Raises NotFound.
    """
    asked = session.get(Notification, notification_id)
    if asked is None:
        raise NotFound()
    siblings = session.scalars(
        select(Notification)
        .where(
            Notification.escalation_id == asked.escalation_id,
            Notification.official_id == asked.official_id,
        )
        # One order for everybody, so that two who acknowledge at once wait for each other and do not deadlock.
        .order_by(Notification.channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if asked.acknowledged_at is None:
        for each in siblings:
            each.acknowledge(clock.now(), by)
        _tell(session, asked)
    return asked


def _tell(session: Session, notification: Notification) -> None:
    notice = session.get_one(Notice, notification.escalation_id)
    data = {
        "notification_id": notification.id,
        "escalation_id": notification.escalation_id,
        "issue_id": notice.issue_id,
        "official_id": notification.official_id,
        "full_name": notification.full_name,
        "channel": notification.channel,
        "acknowledged_at": notification.acknowledged_at,
    }
    subject = str(notification.id)
    outbox.record(session, NewEvent(NOTIFICATION_ACKNOWLEDGED, subject, notification.version, data))
