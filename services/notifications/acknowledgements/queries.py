"""What the page behind a link shows."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.notices.model import Notice
from services.notifications.notifications.model import Notification
from shared.errors import NotFound


def page_data(session: Session, notification_id: UUID) -> dict[str, Any]:
    """A notification with its notice, for whoever holds its link. Raises NotFound."""
    statement = (
        select(Notification, Notice, Contact.language)
        .join(Notice, Notice.escalation_id == Notification.escalation_id)
        .outerjoin(Contact, Contact.official_id == Notification.official_id)
        .where(Notification.id == notification_id)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound()
    notification, notice, language = found
    return {
        "notification_id": notification.id,
        "official_id": notification.official_id,
        "full_name": notification.full_name,
        "language": language,
        "reasons": notification.reasons,
        "step": notice.step,
        "issue": notice.issue,
        "vacancies": notice.vacancies,
        "acknowledged_at": notification.acknowledged_at,
    }
