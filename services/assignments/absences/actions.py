"""Changing absences."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assignments.absences import queries, telling
from services.assignments.absences.model import Absence
from services.assignments.absences.rules import Move, State, Why, absence_changed, circle
from services.assignments.officials.model import Official
from services.assignments.officials.queries import visible_official
from services.assignments.reminders.actions import remind
from services.assignments.responsibility.queries import acting_in
from shared import clock
from shared.errors import BadInput, Conflict, Forbidden
from shared.messaging.outbox import record
from shared.web.auth import Principal

MANAGE = "assignments:write"
# Changes of absences take turns: no two at once can close a circle that neither sees.
_TURN = text("SELECT pg_advisory_xact_lock(20250701, 20)")


def enter(
    session: Session,
    who: Principal,
    *,
    official: UUID,
    valid_from: date,
    reason: Why,
    valid_to: date | None = None,
    substitute: UUID | None = None,
    assignments: Sequence[UUID] | None = None,
    note: str | None = None,
) -> Absence:
    """Enter an absence: in force at once if a client that manages assignments does, a request if the official does.
    Raises BadInput, Forbidden for others and outside the territory, Conflict with another absence."""
    if valid_to is not None and valid_to <= valid_from:
        raise BadInput("The end must be after the first day.", field="valid_to")
    session.execute(_TURN)
    person = queries.person(session, official)
    if person is None:
        raise BadInput("There is no such official.", field="official")
    _check_may(who, person)
    if assignments and queries.foreign(session, person.id, assignments):
        raise BadInput("These are not all assignments of this official.", field="assignments")
    details = {"valid_from": valid_from, "valid_to": valid_to, "reason": reason, "note": note}
    limited = sorted(set(assignments)) if assignments else None
    stand_in = _substitute(session, who, person, substitute)
    absence = Absence.of(person, stand_in, who.client_id, assignment_ids=limited, **details)
    _check_fits(session, absence)
    session.add(absence)
    if who.may(MANAGE):
        absence.decide(Move.APPROVE, who.client_id)
    session.flush()
    _tell(session, absence)
    return absence


def move(session: Session, who: Principal, absence: Absence, *, move: Move, note: str | None = None) -> Absence:
    """Approve, refuse or cancel. Raises RuleBroken, Forbidden, Conflict with what has been approved meanwhile."""
    session.execute(_TURN)
    if move is not Move.CANCEL and not who.may(MANAGE):
        raise Forbidden(f"This needs the scope {MANAGE}.", scope=MANAGE)
    _check_may(who, absence.official)
    if not who.may(MANAGE) and absence.state != State.REQUESTED:
        raise Forbidden("What was approved is changed by those who manage assignments.")
    counted = absence.state == State.APPROVED
    absence.decide(move, who.client_id, note)
    if move is Move.APPROVE:
        _check_fits(session, absence)
    absence.version += 1
    _tell(session, absence, counted=counted)
    return absence


def change(session: Session, who: Principal, absence: Absence, changes: dict[str, Any]) -> Absence:
    """Change the end or the substitute. Raises BadInput, RuleBroken, Forbidden, Conflict."""
    session.execute(_TURN)
    _check_may(who, absence.official)
    if not who.may(MANAGE) and absence.state != State.REQUESTED:
        raise Forbidden("What was approved is changed by those who manage assignments.")
    before = absence.substitute
    if "substitute" in changes:
        absence.replace(_substitute(session, who, absence.official, changes["substitute"]))
    if "valid_to" in changes:
        absence.end(changes["valid_to"])
    if session.is_modified(absence):
        _check_fits(session, absence)
        absence.version += 1
        _tell(session, absence, before)
    return absence


def _check_may(who: Principal, official: Official) -> None:
    if who.official == official.id:
        return
    if not who.may(MANAGE):
        raise Forbidden(f"Only the official, or a client with the scope {MANAGE}, may do this.", scope=MANAGE)
    who.check(official.unit.path)


def _substitute(session: Session, who: Principal, absent: Official, wanted: UUID | None) -> Official | None:
    if wanted is None:
        return None
    if wanted == absent.id:
        raise BadInput("Nobody stands in for himself.", field="substitute")
    found = visible_official(session, wanted, who)
    if found is None or not found.active:
        raise BadInput("There is no such active official.", field="substitute")
    return found


def _check_fits(session: Session, absence: Absence) -> None:
    """Raises Conflict for a second absence from the same at the same time, and for a circle of substitutes."""
    with session.no_autoflush:
        if queries.in_its_way(session, absence):
            raise Conflict("This official is absent in that time already.", field="valid_from")
        if absence.substitute_id is None:
            return
        until = absence.valid_to or date.max
        known = queries.chains(session, [absence.substitute_id], absence.valid_from, until)
    others = [each for each in known if each.id != absence.id]
    if way := circle(absence.plain(), others):
        raise Conflict(f"The substitutes would stand in for one another: {' → '.join(way)}.", field="substitute")


def _tell(session: Session, absence: Absence, before: Official | None = None, *, counted: bool = False) -> None:
    """Tell the official, who stands in or was to, and who coordinates the assignments there; and the service that
    reminds of visits, once it counts."""
    if counted or absence.state == State.APPROVED:
        record(session, absence_changed(absence))
    coordinators = acting_in(session, telling.COORDINATOR, absence.official.unit_id, clock.today())
    people = [absence.official, absence.substitute, before]
    named = [(each.id, each.full_name) for each in people if each is not None]
    remind(session, telling.about(absence, named, [(each.id, each.full_name) for each in coordinators], counted))
