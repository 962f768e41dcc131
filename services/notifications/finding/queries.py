"""From what is wanted to conditions on notifications and their notices, which must be joined."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY

from services.notifications.deliveries.model import DeliveryAttempt
from services.notifications.finding.rules import Wanted
from services.notifications.notices.model import Notice
from services.notifications.notifications.model import Notification
from shared.search import query_of
from shared.web.auth import Principal


def conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What is to hold, besides the territory."""
    yield from _of_the_row(wanted)
    if wanted.kind:
        yield Notice.kind == wanted.kind
    if wanted.unit:
        yield Notice.unit_path.startswith(wanted.unit, autoescape=True)
    if wanted.issue:
        yield Notification.notice_id.in_(select(Notice.id).where(_about(wanted.issue)))
    if wanted.escalation:
        of_it = or_(Notice.id == wanted.escalation, Notice.about_id == wanted.escalation)
        yield Notification.notice_id.in_(select(Notice.id).where(of_it))
    if wanted.provider or wanted.outcome:
        yield _tried(wanted.provider, wanted.outcome)


def sees_addresses(who: Principal) -> bool:
    """Whether somebody may see addresses in full: who may read the suppressed ones may."""
    return who.may("notifications:configure") and who.covers("")


def _of_the_row(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("state", "channel", "waiting"):
        if (value := getattr(wanted, name)) is not None:
            yield getattr(Notification, name) == value
    if wanted.official:
        yield Notification.official_id == wanted.official
    if wanted.since:
        yield Notification.created_at >= wanted.since
    if wanted.until:
        yield Notification.created_at < wanted.until
    if wanted.error:
        yield Notification.error_words.is_not(None)  # as the index has it
        yield Notification.error_words.op("@@", is_comparison=True)(
            cast(cast(query_of(wanted.error), Text), TSQUERY)
        )


def _about(issue: str) -> ColumnElement[bool]:
    try:
        return Notice.issue_id == UUID(issue)
    except ValueError:
        return Notice.issue_code == func.upper(issue)


def _tried(provider: str | None, outcome: str | None) -> ColumnElement[bool]:
    """There was an attempt over that provider that ended so."""
    tried = exists().where(DeliveryAttempt.notification_id == Notification.id)
    if provider:
        tried = tried.where(DeliveryAttempt.provider == provider)
    if outcome:
        tried = tried.where(DeliveryAttempt.outcome == outcome)
    return tried
