"""Reading imports."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from services.assignments.bulk.model import Import, ImportFault, ImportFile
from services.assignments.bulk.rules import KEPT_DAYS, OPEN, State
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal
from shared.web.paging import paginate


def seen_by(who: Principal) -> ColumnElement[bool]:
    """An import is seen by those whose territory holds all of the territory it was asked with."""
    if "" in who.territories:
        return true()
    asked = select(func.unnest(Import.territories).label("path")).correlate(Import).subquery()
    inside = [func.starts_with(asked.c.path, prefix) for prefix in who.territories]
    outside = select(asked.c.path).where(not_(or_(*inside)) if inside else true())
    return and_(~exists(outside), func.cardinality(Import.territories) > 0)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of imports, newest first."""
    statement = select(Import).where(seen_by(who))
    for name in ("kind", "state"):
        if filters[name]:
            statement = statement.where(getattr(Import, name) == filters[name])
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Import.id, descending=True, **paging)


def one(session: Session, import_id: UUID, who: Principal) -> Import:
    """An import this client may see; raises NotFound."""
    found = session.scalars(select(Import).where(Import.id == import_id, seen_by(who))).one_or_none()
    if found is None:
        raise NotFound()
    return found


def faults(session: Session, import_id: UUID, paging: dict[str, Any]) -> dict[str, Any]:
    """One page of the faults of an import, in the order of the sheet."""
    statement = select(ImportFault).where(ImportFault.import_id == import_id)
    return paginate(session, statement, ImportFault.number, **paging)


def next_open(session: Session) -> Import | None:
    """The oldest import nobody works on, locked; None while one is being worked off: they take turns."""
    now = clock.now()
    busy = select(Import.id).where(Import.state == State.RUNNING, Import.leased_until > now).limit(1)
    if session.scalars(busy).first():
        return None
    free = or_(Import.state == State.WAITING, Import.leased_until <= now)
    wanted = select(Import).where(Import.state.in_(OPEN), free).order_by(Import.id).limit(1)
    return session.scalars(wanted.with_for_update(skip_locked=True)).one_or_none()


def leased(session: Session, import_id: UUID, lease: UUID) -> Import | None:
    """The import, locked, if it is still worked off under this lease."""
    wanted = select(Import).where(Import.id == import_id, Import.lease == lease).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def content(session: Session, import_id: UUID) -> bytes:
    """The sheet of an open import."""
    return session.scalars(select(ImportFile.content).where(ImportFile.import_id == import_id)).one()


def outdated() -> ColumnElement[bool]:
    """Imports whose faults nobody looks at any more."""
    return Import.finished_at < clock.now() - timedelta(days=KEPT_DAYS)
