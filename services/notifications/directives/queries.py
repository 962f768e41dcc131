"""Reading directives: how they stand, who has done what, unit by unit."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, undefer

from services.notifications.directives.model import Attachment, Broadcast, Directive, Edition, Receipt
from services.notifications.directives.rules import Missing, Purpose
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel, State
from services.notifications.units.model import Unit
from shared.errors import BadInput, NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_COLUMNS = (
    "id", "number", "issuer", "title", "body", "unit_code", "unit_name", "unit_path", "posts", "levels",
    "must_read", "pass_on_by", "remind_before_days", "edition", "issued_at", "issued_by", "recalled_at", "version",
)  # fmt: skip
_RECEIPT = (
    "official_id", "full_name", "unit_path", "place", "opened_at", "passed_on", "passed_on_to", "note",
)  # fmt: skip


def visible(who: Principal) -> ColumnElement[bool]:
    """A directive is seen inside its territory, and by those whose territory it holds."""
    below = [literal(prefix).startswith(Directive.unit_path) for prefix in who.territories]
    return or_(territory_filter(Directive.unit_path, who), *below)


def page(session: Session, who: Principal, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of directives, newest first."""
    statement = select(Directive).where(visible(who))
    found = paginate(session, statement, Directive.id, limit=limit, cursor=cursor, descending=True)
    return found | {"items": [shown(session, each) for each in found["items"]]}


def one(session: Session, who: Principal, directive_id: UUID, *, lock: bool = False) -> Directive:
    """A directive; to change it, locked and wholly inside the territory. Raises NotFound."""
    statement = select(Directive).where(Directive.id == directive_id, visible(who))
    directive = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if directive is None or (lock and not who.covers(directive.unit_path)):
        raise NotFound()
    return directive


def shown(session: Session, directive: Directive) -> dict[str, Any]:
    """A directive as the API shows it, with its files and how far telling everybody has come."""
    columns = {name: getattr(directive, name) for name in _COLUMNS}
    tellings = select(Broadcast).where(Broadcast.directive_id == directive.id).order_by(Broadcast.id)
    return columns | {
        "files": files_of(session, directive.id),
        "broadcasts": session.scalars(tellings).all(),
    }


def files_of(session: Session, directive_id: UUID) -> list[Attachment]:
    """The links and files of a directive, without contents."""
    statement = select(Attachment).where(Attachment.directive_id == directive_id).order_by(Attachment.id)
    return list(session.scalars(statement))


def file(session: Session, directive_id: UUID, file_id: UUID) -> Attachment:
    """A file with its content. Raises NotFound, also for a link."""
    statement = select(Attachment).options(undefer(Attachment.content))
    found = session.scalars(
        statement.where(Attachment.id == file_id, Attachment.directive_id == directive_id)
    ).one_or_none()
    if found is None or found.content is None:
        raise NotFound()
    return found


def page_of_editions(session: Session, directive_id: UUID, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of what it said, oldest first."""
    statement = select(Edition).where(Edition.directive_id == directive_id)
    return paginate(session, statement, Edition.edition, limit=limit, cursor=cursor)


def pending_reminders(session: Session, directive_id: UUID) -> list[Broadcast]:
    """Reminders that are still to be sent."""
    statement = select(Broadcast).where(
        Broadcast.directive_id == directive_id,
        Broadcast.purpose == Purpose.REMINDER.value,
        Broadcast.due_at.is_not(None),
    )
    return list(session.scalars(statement))


def _sent(directive: Directive, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The edition that stands has been delivered: by mail, or in the inbox."""
    return exists().where(
        Notification.notice_id == directive.notice_id,
        Notification.official_id == Receipt.official_id,
        Notification.state == State.SENT.value,
        *more,
    )


def _mailed(directive: Directive) -> ColumnElement[bool]:
    return _sent(directive, Notification.channel == Channel.EMAIL.value)


def _read(directive: Directive) -> Any:
    """When the edition that stands was read."""
    return (
        select(func.min(Notification.acknowledged_at))
        .where(Notification.notice_id == directive.notice_id, Notification.official_id == Receipt.official_id)
        .scalar_subquery()
    )


def not_done(statement: Select[Any], directive: Directive) -> Select[Any]:
    """Those who have not read it, if they must, or have not passed it on, if there is a day for that."""
    open_ends = []
    if directive.must_read:
        open_ends.append(_read(directive).is_(None))
    if directive.pass_on_by is not None:
        open_ends.append(Receipt.passed_on.is_(None))
    return statement.where(or_(*open_ends))


def _receipts(directive: Directive, who: Principal) -> Select[Any]:
    columns = [getattr(Receipt, name) for name in _RECEIPT]
    return select(
        *columns,
        _sent(directive).label("delivered"),
        _mailed(directive).label("mailed"),
        _read(directive).label("read_at"),
    ).where(Receipt.directive_id == directive.id, territory_filter(Receipt.unit_path, who))


def page_of_receipts(
    session: Session,
    who: Principal,
    directive: Directive,
    *,
    missing: str | None,
    unit: str | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of those it is for inside the territory, by place; `missing`: only who has not done that; `unit`: only
    inside the unit with this code."""
    statement = _receipts(directive, who)
    if missing == Missing.OPENED:
        statement = statement.where(Receipt.opened_at.is_(None), _read(directive).is_(None))
    elif missing == Missing.READ:
        statement = statement.where(_read(directive).is_(None))
    elif missing == Missing.PASSED_ON:
        statement = statement.where(Receipt.passed_on.is_(None))
    if unit is not None:
        path = session.scalar(
            select(Unit.path).where(Unit.code == unit, Unit.path.startswith(directive.unit_path)).limit(1)
        )
        if path is None:
            raise BadInput("The directive is for no such unit.", field="unit")
        statement = statement.where(Receipt.unit_path.startswith(path, autoescape=True))
    table = Receipt.__table__.c
    return paginate(
        session, statement, table.unit_path, table.official_id, limit=limit, cursor=cursor, scalars=False
    )


def receipt(session: Session, who: Principal, directive: Directive, official_id: UUID) -> dict[str, Any]:
    """What one official did with it. Raises NotFound, also outside the territory."""
    row = (
        session.execute(_receipts(directive, who).where(Receipt.official_id == official_id))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return dict(row)


def statistics(session: Session, who: Principal, directive: Directive) -> list[dict[str, Any]]:
    """How far it has come: for each unit right under that of the directive, and for those of that unit itself."""
    above = directive.unit_path
    rest = func.substr(Receipt.unit_path, len(above) + 1)
    path = func.concat(above, case((rest == "", ""), else_=func.concat(func.split_part(rest, "/", 1), "/")))
    each = (
        select(
            path.label("path"),
            _sent(directive).label("delivered"),
            _mailed(directive).label("mailed"),
            _read(directive).label("read_at"),
            Receipt.opened_at,
            Receipt.passed_on,
        )
        .where(Receipt.directive_id == directive.id, territory_filter(Receipt.unit_path, who))
        .subquery()
    )
    names = select(Unit.path, func.max(Unit.name).label("name")).group_by(Unit.path).subquery()
    statement = (
        select(
            each.c.path,
            func.max(names.c.name).label("name"),
            func.count().label("addressed"),
            func.count().filter(each.c.delivered).label("delivered"),
            func.count().filter(each.c.mailed).label("mailed"),
            func.count(func.coalesce(each.c.opened_at, each.c.read_at)).label("opened"),
            func.count(each.c.read_at).label("read"),
            func.count(each.c.passed_on).label("passed_on"),
        )
        .outerjoin(names, names.c.path == each.c.path)
        .group_by(each.c.path)
        .order_by(each.c.path)
    )
    return [dict(row) for row in session.execute(statement).mappings()]
