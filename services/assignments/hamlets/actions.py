"""Changing hamlets."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.assignments.hamlets.model import Hamlet
from services.assignments.hamlets.rules import LEVEL
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import overlapping
from shared import clock
from shared.errors import BadInput, Conflict, RuleBroken
from shared.messaging.outbox import record
from shared.web.auth import Principal


def add_hamlet(
    session: Session,
    who: Principal,
    *,
    unit: str | UUID,
    name: str,
    valid_from: date | None,
    code: str | None = None,
) -> Hamlet:
    """Add a hamlet to a commune. Raises BadInput, Forbidden, Conflict for a name taken there in that time or a code
    ever taken there."""
    since = valid_from or clock.today()
    commune = unit_on(session, unit, since, "unit")
    who.check(commune.path)
    if commune.level != LEVEL:
        raise BadInput("A hamlet stands under a commune.", field="unit")
    _lock(session, commune)
    _check_name(session, commune.id, name, since, None, None)
    _check_code(session, commune.id, code, None)
    hamlet = Hamlet.under(commune, name, since, code)
    session.add(hamlet)
    record(session, hamlet.changed())
    return hamlet


def change_hamlet(session: Session, hamlet: Hamlet, changes: dict[str, Any]) -> Hamlet:
    """Change a hamlet (keys: name, code, valid_to). Raises RuleBroken, Conflict."""
    name, valid_to = changes.get("name", hamlet.name), changes.get("valid_to", hamlet.valid_to)
    code = changes.get("code", hamlet.code)
    if (name, code, valid_to) == (hamlet.name, hamlet.code, hamlet.valid_to):
        return hamlet
    if valid_to is not None and valid_to < hamlet.valid_from:
        raise RuleBroken("A hamlet cannot end before it began.", field="valid_to")
    _lock(session, hamlet.unit)
    _check_name(session, hamlet.unit_id, name, hamlet.valid_from, valid_to, hamlet.id)
    _check_code(session, hamlet.unit_id, code, hamlet.id)
    hamlet.rename(name)
    hamlet.code, hamlet.valid_to = code, valid_to
    hamlet.version += 1
    record(session, hamlet.changed())
    return hamlet


def _lock(session: Session, commune: Unit) -> None:
    """Two requests that name hamlets of one commune take turns."""
    session.execute(select(Unit.id).where(Unit.id == commune.id).with_for_update(key_share=True))


def _check_name(
    session: Session, unit_id: UUID, name: str, since: date, until: date | None, own_id: UUID | None
) -> None:
    same = select(Hamlet.id).where(Hamlet.unit_id == unit_id, func.lower(Hamlet.name) == name.lower())
    if own_id:
        same = same.where(Hamlet.id != own_id)
    if session.scalars(same.where(overlapping(Hamlet, since, until)).limit(1)).first():
        raise Conflict("The commune has a hamlet of this name in that time.", field="name")


def _check_code(session: Session, unit_id: UUID, code: str | None, own_id: UUID | None) -> None:
    if code is None:
        return
    same = select(Hamlet.id).where(Hamlet.unit_id == unit_id, func.lower(Hamlet.code) == code.lower())
    if own_id:
        same = same.where(Hamlet.id != own_id)
    if session.scalars(same.limit(1)).first():
        raise Conflict("The commune has, or had, a hamlet of this code.", field="code")
