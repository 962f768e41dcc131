"""What the pages behind the links of a grouped mail show."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.grouping.rules import order
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import ASKING
from services.notifications.notifications.model import Notification
from services.notifications.preferences.model import Preference
from shared.errors import NotFound


def bundle_data(session: Session, bundle: UUID) -> dict[str, Any]:
    """The matters that went out together, the gravest first, for whoever holds the link. Raises NotFound."""
    found = session.execute(
        select(Notification, Notice)
        .join(Notice, Notice.id == Notification.notice_id)
        .where(Notification.bundle == bundle, Notice.kind.in_([each.value for each in ASKING]))
    ).all()
    if not found:
        raise NotFound()
    first = found[0][0]
    rows = sorted(found, key=lambda row: order(row[1].kind, row[1].facts))
    return {
        "full_name": first.full_name,
        "language": language(session, first.official_id),
        "items": [
            {
                "notification_id": notification.id,
                "issue": notice.facts["issue"],
                "step": notice.facts["step"],
                "acknowledged_at": notification.acknowledged_at,
            }
            for notification, notice in rows
        ],
    }


def unacknowledged(session: Session, bundle: UUID) -> list[UUID]:
    """The matters of a bundle that nobody has acknowledged, in an order that is the same for everybody."""
    statement = (
        select(Notification.id)
        .join(Notice, Notice.id == Notification.notice_id)
        .where(
            Notification.bundle == bundle,
            Notification.acknowledged_at.is_(None),
            Notice.kind.in_([each.value for each in ASKING]),
        )
        .order_by(Notification.id)
    )
    return list(session.scalars(statement))


def subscription(session: Session, official_id: UUID) -> dict[str, Any]:
    """Whether an official gets digests of what they may do without."""
    preference = session.get(Preference, official_id)
    wanted = True if preference is None else bool(preference.wishes["optional_digest"])
    return {"subscribed": wanted, "language": language(session, official_id)}


def language(session: Session, official_id: UUID) -> str | None:
    """The language an official reads: as they wish, else as they are recorded."""
    preference, contact = session.get(Preference, official_id), session.get(Contact, official_id)
    wished = preference.language if preference else None
    return wished or (contact.language if contact else None)
