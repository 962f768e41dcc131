"""Which notifications a replay looks at, and why it leaves some alone. One statement says both, for the dry run and
for the real one."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from services.notifications.contacts.model import Contact
from services.notifications.directives.model import Directive, Receipt
from services.notifications.finding.queries import conditions
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import Kind
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel, State
from services.notifications.reachability.model import Suppression
from services.notifications.replays.model import Replayed
from services.notifications.replays.rules import Asked, WhyNot
from services.notifications.retention.model import RetentionRule
from services.notifications.webhooks.model import Endpoint
from shared.web.auth import territory_filter


def judged(asked: Asked) -> Select[Any]:
    """What is asked for, inside the territory, each with `why` it is left alone, null if it is not.

    Strictly inside: a directive of a wider territory is seen by those it came down to, and not theirs to repeat."""
    found = (
        select(
            Notification.id,
            Notification.full_name,
            Notification.channel,
            Notification.state,
            Notification.replays,
            Notification.last_error,
            Notification.created_at,
            Notice.kind,
            Notice.issue_code,
            _why(asked).label("why"),
        )
        .join(Notice, Notice.id == Notification.notice_id)
        .outerjoin(Contact, Contact.official_id == Notification.official_id)
        .outerjoin(RetentionRule, RetentionRule.kind == Notice.kind)
        .where(territory_filter(Notice.unit_path, asked.who), Notification.created_at <= asked.at)
    )
    if asked.ids is not None:
        return found.where(Notification.id.in_(asked.ids))
    return found.where(*conditions(asked.wanted))


def _why(asked: Asked) -> ColumnElement[Any]:
    row = Notification
    return case(
        (or_(row.acknowledged_at.is_not(None), row.answer.is_not(None)), _said(WhyNot.ACKNOWLEDGED)),
        (and_(row.state == State.PENDING, row.lease_until > asked.at), _said(WhyNot.UNDER_WAY)),
        (row.state == State.PENDING, _said(WhyNot.PENDING)),
        (row.channel == Channel.INAPP, _said(WhyNot.IN_APP)),
        (and_(row.state == State.SENT, literal(not asked.again)), _said(WhyNot.SENT)),
        (_replayed_since(asked.at), _said(WhyNot.REPLAYED)),
        (Notice.created_at < asked.at - _kept_for(), _said(WhyNot.TOO_OLD)),
        (or_(_directive_is_over(), _reminder_is_over()), _said(WhyNot.CLOSED)),
        (_suppressed(), _said(WhyNot.SUPPRESSED)),
        (_without_address(), _said(WhyNot.NO_ADDRESS)),
        else_=null(),
    )


def _said(why: WhyNot) -> ColumnElement[str]:
    return literal_column(f"'{why.value}'")


def _replayed_since(at: datetime) -> ColumnElement[bool]:
    return select(Replayed).where(Replayed.notification_id == Notification.id, Replayed.at >= at).exists()


def _kept_for() -> ColumnElement[Any]:
    return func.make_interval(0, 0, 0, RetentionRule.keep_days)


def _fact(notice: Any, name: str) -> ColumnElement[str]:
    # The name as a literal, so that it is the expression of the index.
    return notice.facts.op("->>")(literal_column(f"'{name}'"))


def _directive_is_over() -> ColumnElement[bool]:
    """It was recalled, or another edition stands. That it was recalled is itself never over."""
    over = select(Directive).where(
        Directive.id == cast(_fact(Notice, "directive_id"), Uuid),
        or_(Directive.recalled_at.is_not(None), Directive.notice_id != Notice.id),
    )
    told = and_(Notice.kind == Kind.DIRECTIVE, _fact(Notice, "purpose") != "recalled")
    return and_(told, over.exists())


def _reminder_is_over() -> ColumnElement[bool]:
    """The official was reminded of the same since, or the directive it urges on is recalled or passed on."""
    later, told = aliased(Notice), aliased(Notification)
    newer = (
        select(later.id)
        .join(told, told.notice_id == later.id)
        .where(
            later.kind == literal_column("'reminder'"),
            _fact(later, "subject_id") == _fact(Notice, "subject_id"),
            _fact(later, "kind") == _fact(Notice, "kind"),
            cast(_fact(later, "day"), Date) > cast(_fact(Notice, "day"), Date),
            told.official_id == Notification.official_id,
        )
    )
    done = (
        select(Directive.id)
        .outerjoin(
            Receipt, and_(Receipt.directive_id == Directive.id, Receipt.official_id == Notification.official_id)
        )
        .where(
            Directive.id == cast(_fact(Notice, "subject_id"), Uuid),
            or_(Directive.recalled_at.is_not(None), Receipt.passed_on.is_not(None)),
        )
    )
    return and_(Notice.kind == Kind.REMINDER, or_(newer.exists(), done.exists()))


def _suppressed() -> ColumnElement[bool]:
    held = select(Suppression).where(
        Suppression.address == func.lower(Contact.email), Suppression.lifted_at.is_(None)
    )
    return and_(Notification.channel == Channel.EMAIL, held.exists())


def _without_address() -> ColumnElement[bool]:
    posted = select(Endpoint).where(
        or_(Endpoint.official_id == Notification.official_id, Endpoint.official_id.is_(None)), Endpoint.active
    )
    return case(
        (Notification.channel == Channel.WEBHOOK, ~posted.exists()),
        (Notification.channel == Channel.EMAIL, Contact.email.is_(None)),
        else_=Contact.phone.is_(None),
    )
