"""Changing officials."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.assignments.officials.model import Official
from services.assignments.units.queries import unit_on
from shared import clock
from shared.errors import Conflict
from shared.messaging.outbox import record
from shared.web.auth import Principal

_PLAIN = ("staff_code", "email", "phone", "home_body", "language", "active")


def add_official(
    session: Session,
    who: Principal,
    *,
    unit: str | UUID,
    full_name: str,
    given_name: str,
    language: str = "vi",
    email: str | None = None,
    phone: str | None = None,
    home_body: str | None = None,
    staff_code: str | None = None,
) -> Official:
    """Add an official of a home unit. Raises BadInput, Forbidden outside the territory, Conflict for a
    staff code taken."""
    home = unit_on(session, unit, clock.today(), "unit")
    who.check(home.path)
    _check_staff_code(session, staff_code, None)
    details = {"staff_code": staff_code} | {
        "email": email,
        "phone": phone,
        "home_body": home_body,
        "language": language,
    }
    official = Official.known_as(home, full_name, given_name, **details)
    session.add(official)
    record(session, official.changed())
    return official


def change_official(session: Session, who: Principal, official: Official, changes: dict[str, Any]) -> Official:
    """Change what is given (keys of OfficialChange). Raises BadInput, Forbidden outside the territory,
    Conflict for a staff code taken."""
    who.check(official.unit.path)
    if "unit" in changes:
        home = unit_on(session, changes["unit"], clock.today(), "unit")
        who.check(home.path)
        official.unit = home
    _check_staff_code(session, changes.get("staff_code"), official)
    for name in _PLAIN:
        if name in changes:
            setattr(official, name, changes[name])
    official.name(changes.get("full_name", official.full_name), changes.get("given_name", official.given_name))
    if session.is_modified(official):
        official.version += 1
        record(session, official.changed())
    return official


def _check_staff_code(session: Session, code: str | None, own: Official | None) -> None:
    if code is None:
        return
    same = select(Official.id).where(func.lower(Official.staff_code) == code.lower())
    if own:
        same = same.where(Official.id != own.id)
    if session.scalars(same.limit(1)).first():
        raise Conflict("Another official has this staff code.", field="staff_code")
