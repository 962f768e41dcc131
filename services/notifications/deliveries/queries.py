"""Reads of delivery attempts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.deliveries.model import DeliveryAttempt


def attempts_of(session: Session, notification_id: UUID) -> Sequence[DeliveryAttempt]:
    """Every attempt to deliver a notification, oldest first; a day of retries makes some twenty."""
    statement = select(DeliveryAttempt).where(DeliveryAttempt.notification_id == notification_id)
    return session.scalars(statement.order_by(DeliveryAttempt.id)).all()
