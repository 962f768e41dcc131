"""Reads of notifications, always inside the territory of who asks. A row is a mapping of the API's fields."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from services.notifications.notices.model import Notice
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel, State
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_LISTED = (
    Notification.id,
    Notification.escalation_id,
    Notification.official_id,
    Notification.full_name,
    Notification.channel,
    Notification.state,
    Notification.waiting,
    Notification.reasons,
    Notification.created_at,
    Notification.due_at,
    Notification.sent_at,
    Notification.attempts,
    Notification.last_error,
    Notification.acknowledged_at,
    Notification.acknowledged_by,
    Notice.step,
    Notice.issue,
)
_ID = Notification.__table__.c.id
_DUE_AT = Notification.__table__.c.due_at


def _inside(who: Principal, *more: Any) -> Select[Any]:
    return (
        select(*_LISTED, *more)
        .join(Notice, Notice.escalation_id == Notification.escalation_id)
        .where(territory_filter(Notice.unit_path, who))
    )


def inbox(
    session: Session, who: Principal, *, official: UUID, unacknowledged: bool, limit: int, cursor: str | None
) -> dict[str, Any]:
    """A page of what an official finds in the inbox, newest first."""
    statement = _inside(who).where(
        Notification.official_id == official, Notification.channel == Channel.INAPP.value
    )
    if unacknowledged:
        statement = statement.where(Notification.acknowledged_at.is_(None))
    return _page(session, statement, limit, cursor)


def listing(
    session: Session,
    who: Principal,
    *,
    state: str | None = None,
    channel: str | None = None,
    escalation: UUID | None = None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of notifications, newest first; a condition left out does not narrow. What is pending comes in the
    order in which it is due, as the small index of it has it."""
    # A territory may be one commune or the country, a state rare or usual: no one plan serves them all.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    statement = _inside(who)
    if state:
        statement = statement.where(Notification.state == state)
    if channel:
        statement = statement.where(Notification.channel == channel)
    if escalation:
        statement = statement.where(Notification.escalation_id == escalation)
    if state == State.PENDING:
        due = statement.where(_DUE_AT.is_not(None))
        return paginate(session, due, _DUE_AT, _ID, limit=limit, cursor=cursor, scalars=False)
    return _page(session, statement, limit, cursor)


def one(session: Session, who: Principal, notification_id: UUID) -> dict[str, Any]:
    """One notification with everything its notice says. Raises NotFound, also outside the territory."""
    statement = _inside(who, Notice.vacancies).where(Notification.id == notification_id)
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound()
    return dict(row)


def _page(session: Session, statement: Select[Any], limit: int, cursor: str | None) -> dict[str, Any]:
    return paginate(session, statement, _ID, limit=limit, cursor=cursor, descending=True, scalars=False)
