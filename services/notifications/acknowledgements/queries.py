"""What the page behind a link shows, and what was answered."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.model import SaidAnswer
from services.notifications.contacts.model import Contact
from services.notifications.holders.queries import colleagues
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import ASKING, Kind
from services.notifications.notifications.model import Notification
from services.notifications.preferences.model import Preference
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def page_data(session: Session, notification_id: UUID) -> dict[str, Any]:
    """A notification with its notice, for whoever holds its link. Raises NotFound."""
    statement = (
        select(Notification, Notice, func.coalesce(Preference.language, Contact.language))
        .join(Notice, Notice.id == Notification.notice_id)
        .outerjoin(Contact, Contact.official_id == Notification.official_id)
        .outerjoin(Preference, Preference.official_id == Notification.official_id)
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
        "kind": notice.kind,
        "passed": notice.facts.get("passed"),
        "directive": notice.facts if notice.kind == Kind.DIRECTIVE else None,
        "step": notice.facts.get("step"),
        "issue": notice.facts.get("issue"),
        "vacancies": notice.facts.get("vacancies", ()),
        "reminder": notice.facts if notice.kind == Kind.REMINDER else None,
        "acknowledged_at": notification.acknowledged_at,
        "answer": notification.answer,
    }


def whom(session: Session, notification_id: UUID, q: str | None) -> dict[str, Any]:
    """Whom an escalation may be handed over to, see `holders.queries.colleagues`. Raises NotFound."""
    statement = (
        select(Notification.official_id, Notice.unit_path)
        .join(Notice, Notice.id == Notification.notice_id)
        .where(Notification.id == notification_id, Notice.kind.in_([each.value for each in ASKING]))
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound()
    return {"items": colleagues(session, found.unit_path, q, besides=found.official_id)}


def page_of_answers(
    session: Session, who: Principal, notification_id: UUID, *, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of all that was answered to the escalation of a notification, oldest first. Raises NotFound, also
    outside the territory."""
    subject = (
        select(func.coalesce(Notice.about_id, Notice.id))
        .join(Notification, Notification.notice_id == Notice.id)
        .where(Notification.id == notification_id, territory_filter(Notice.unit_path, who))
    )
    escalation_id = session.scalar(subject)
    if escalation_id is None:
        raise NotFound()
    statement = select(SaidAnswer).where(SaidAnswer.escalation_id == escalation_id)
    return paginate(session, statement, SaidAnswer.id, limit=limit, cursor=cursor)
