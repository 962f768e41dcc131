"""Changing officials."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.assignments.officials.model import Official
from services.assignments.units.queries import unit_on
from shared import clock
from shared.messaging.outbox import record
from shared.web.auth import Principal

_PLAIN = ("email", "phone", "home_body", "language", "active")


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
) -> Official:
    """Add an official of a home unit. Raises BadInput, Forbidden outside the territory."""
    home = unit_on(session, unit, clock.today(), "unit")
    who.check(home.path)
    details = {"email": email, "phone": phone, "home_body": home_body, "language": language}
    official = Official.known_as(home, full_name, given_name, **details)
    session.add(official)
    record(session, official.changed())
    return official


def change_official(session: Session, who: Principal, official: Official, changes: dict[str, Any]) -> Official:
    """Change what is given (keys of OfficialChange). Raises BadInput, Forbidden outside the territory."""
    who.check(official.unit.path)
    if "unit" in changes:
        home = unit_on(session, changes["unit"], clock.today(), "unit")
        who.check(home.path)
        official.unit = home
    for name in _PLAIN:
        if name in changes:
            setattr(official, name, changes[name])
    official.name(changes.get("full_name", official.full_name), changes.get("given_name", official.given_name))
    if session.is_modified(official):
        official.version += 1
        record(session, official.changed())
    return official
