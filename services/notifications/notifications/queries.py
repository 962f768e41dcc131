"""Reads of notifications, always inside the territory of who asks. A row is a mapping of the API's fields."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select, text
from sqlalchemy.orm import Session

from services.notifications.holders.model import Holder
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import Kind
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_LISTED = (
    Notification.id,
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
    Notification.replays,
    Notification.acknowledged_at,
    Notification.acknowledged_by,
    Notification.answer,
    Notification.unreached_at,
    Notice.kind,
    case((Notice.kind == Kind.ESCALATION, Notice.id), else_=Notice.about_id).label("escalation_id"),
    Notice.facts["step"].as_integer().label("step"),
    Notice.facts["issue"].label("issue"),
    Notice.facts["passed"].label("passed"),
    case((Notice.kind == Kind.DIRECTIVE, Notice.facts)).label("directive"),
    case((Notice.kind == Kind.REMINDER, Notice.facts)).label("reminder"),
)
_ID = Notification.__table__.c.id
_DUE_AT = Notification.__table__.c.due_at
_CREATED_AT = Notification.__table__.c.created_at


class Order(Enum):
    """The order of a list, as there is an index for it."""

    NEWEST = "by id, newest first"
    TIMED = "by created_at, newest first: the same, but a range of time is found at once"
    DUE = "pending ones by when they are due"


def _inside(who: Principal, *more: Any) -> Select[Any]:
    return select(*_LISTED, *more).join(Notice, Notice.id == Notification.notice_id).where(seen_by(who))


def seen_by(who: Principal) -> ColumnElement[bool]:
    """The notifications that somebody may see; their notices must be joined."""
    return or_(territory_filter(Notice.unit_path, who), *_carried_down(who))


def _carried_down(who: Principal) -> list[ColumnElement[bool]]:
    """A directive of a wider territory is seen with those of its readers who hold a post inside, and by readers
    themselves."""
    if "" in who.territories:
        return []
    held = exists().where(Holder.official_id == Notification.official_id, territory_filter(Holder.unit_path, who))
    inside = or_(held, Notification.official_id == who.official) if who.official else held
    return [and_(Notice.kind == Kind.DIRECTIVE, inside)]


def inbox(
    session: Session,
    who: Principal,
    *,
    official: UUID,
    unacknowledged: bool,
    kind: str | None = None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of what an official finds in the inbox, newest first."""
    statement = _inside(who).where(
        Notification.official_id == official, Notification.channel == Channel.INAPP.value
    )
    if unacknowledged:
        # What was handed over or declined is done with; what was given back is not.
        done = Notification.answer.in_(("handed_over", "declined"))
        statement = statement.where(Notification.acknowledged_at.is_(None), done.is_not(True))
    if kind:
        statement = statement.where(Notice.kind == kind)
    return _page(session, statement, limit, cursor)


def listing(
    session: Session,
    who: Principal,
    conditions: Iterable[ColumnElement[bool]],
    *,
    order: Order = Order.NEWEST,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of notifications, newest first; `conditions` are on Notification and Notice."""
    # A territory may be one commune or the country, a state rare or usual: no one plan serves them all.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    statement = _inside(who).where(*conditions)
    if order is Order.DUE:
        due = statement.where(_DUE_AT.is_not(None))
        return paginate(session, due, _DUE_AT, _ID, limit=limit, cursor=cursor, scalars=False)
    keys = (_CREATED_AT, _ID) if order is Order.TIMED else (_ID,)
    return paginate(session, statement, *keys, limit=limit, cursor=cursor, descending=True, scalars=False)


def one(session: Session, who: Principal, notification_id: UUID) -> dict[str, Any]:
    """One notification with everything its notice says. Raises NotFound, also outside the territory."""
    statement = _inside(who, Notice.facts["vacancies"].label("vacancies")).where(Notification.id == notification_id)
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound()
    return dict(row) | {"vacancies": row["vacancies"] or []}


def several(session: Session, who: Principal, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """These notifications, in order. Raises NotFound naming `notifications.N`, also outside the territory."""
    rows = session.execute(_inside(who).where(Notification.id.in_(ids))).mappings()
    found = {row["id"]: dict(row) for row in rows}
    for place, each in enumerate(ids):
        if each not in found:
            raise NotFound(field=f"notifications.{place}")
    return [found[each] for each in ids]


def _page(session: Session, statement: Select[Any], limit: int, cursor: str | None) -> dict[str, Any]:
    return paginate(session, statement, _ID, limit=limit, cursor=cursor, descending=True, scalars=False)
