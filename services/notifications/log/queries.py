"""Reads of the log, always inside the territory of who asks. Addresses are masked for who may not see contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from services.notifications.deliveries.model import DeliveryAttempt
from services.notifications.finding.queries import conditions, sees_addresses
from services.notifications.finding.rules import Wanted, hidden, masked
from services.notifications.notices.model import Notice
from services.notifications.notifications import queries as notifications
from services.notifications.notifications.model import Notification
from services.notifications.notifications.queries import Order
from services.notifications.notifications.rules import State
from services.notifications.replays.queries import replays_of
from shared.web.auth import Principal
from shared.web.paging import paginate

_TRIED = DeliveryAttempt.__table__.c
_ASKED = ("recipient", "message_id", "size", "method", "url")


def listing(session: Session, who: Principal, wanted: Wanted, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of notifications, newest first; pending ones, if only they are asked for, by when they are due."""
    order = Order.DUE if wanted.state == State.PENDING else Order.NEWEST
    if order is Order.NEWEST and (wanted.since or wanted.until):
        order = Order.TIMED
    page = notifications.listing(session, who, conditions(wanted), order=order, limit=limit, cursor=cursor)
    return page | {"items": [_shown(row, who) for row in page["items"]]}


def detail(session: Session, who: Principal, notification_id: UUID) -> dict[str, Any]:
    """One notification with every attempt, oldest first (a day of retries makes some twenty), and every replay.
    Raises NotFound, also outside the territory."""
    found = notifications.one(session, who, notification_id)
    tried = _attempts().where(DeliveryAttempt.notification_id == notification_id).order_by(DeliveryAttempt.id)
    return _shown(found, who) | {
        "delivery_attempts": [_as_attempt(row, who) for row in session.execute(tried)],
        "replayed": [
            each._asdict() | {"error": _masked(each.error, who)} for each in replays_of(session, notification_id)
        ],
    }


def attempts(
    session: Session,
    who: Principal,
    *,
    notification: UUID | None = None,
    channel: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int,
    cursor: str | None,
    **same: Any,
) -> dict[str, Any]:
    """A page of attempts, newest first. `same`: provider, outcome, code, as the attempt has them."""
    # As for notifications: no one plan serves every territory and filter.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    statement = _attempts().where(
        notifications.seen_by(who), *(_TRIED[name] == value for name, value in same.items())
    )
    if notification:
        statement = statement.where(DeliveryAttempt.notification_id == notification)
    if channel:
        statement = statement.where(Notification.channel == channel)
    if since:
        statement = statement.where(DeliveryAttempt.at >= since)
    if until:
        statement = statement.where(DeliveryAttempt.at < until)
    page = paginate(
        session, statement, _TRIED.at, _TRIED.id, limit=limit, cursor=cursor, descending=True, scalars=False
    )
    return page | {"items": [_as_attempt(row, who) for row in page["items"]]}


def _attempts() -> Select[Any]:
    return (
        select(*_TRIED, Notification.channel)
        .join(Notification, Notification.id == DeliveryAttempt.notification_id)
        .join(Notice, Notice.id == Notification.notice_id)
    )


def _as_attempt(found: Row[Any] | Any, who: Principal) -> dict[str, Any]:
    """With what was asked of the provider apart, or null where it was not asked."""
    row = dict(getattr(found, "_mapping", found))
    asked = {name: row.pop(name) for name in _ASKED}
    if not sees_addresses(who):
        asked["recipient"] = masked(asked["recipient"])
    request = asked if any(value is not None for value in asked.values()) else None
    return row | {"answer": _masked(row["answer"], who), "request": request}


def _shown(row: Any, who: Principal) -> dict[str, Any]:
    return dict(row) | {"last_error": _masked(row["last_error"], who)}


def _masked(words: str | None, who: Principal) -> str | None:
    return words if words is None or sees_addresses(who) else hidden(words)
