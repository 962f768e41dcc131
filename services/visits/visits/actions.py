"""Planning a visit, rescheduling, cancelling, carrying it out, and what happens to it by itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.followings.actions import record_activity
from services.visits.officials.queries import all_known, known
from services.visits.reminders.actions import remind
from services.visits.units.queries import hamlet_of, reporting_unit
from services.visits.visits import queries, rules, telling
from services.visits.visits.model import Visit, VisitMove, VisitOfficial, VisitPurpose
from services.visits.visits.rules import Move, Purpose, Role, State
from shared import clock
from shared.errors import BadInput
from shared.web.auth import Principal

SETTLED_AT_ONCE = 50


def plan(session: Session, given: dict[str, Any], who: Principal) -> Visit:
    """Plan a visit; `given` is what VisitInput loads.

    Raises BadInput naming the field, Forbidden for a place outside the territory, RuleBroken listing `clashes`.
    """
    place = reporting_unit(session, given["unit"])
    who.check(place.unit.path)
    hamlet = hamlet_of(session, given["hamlet"], place.unit) if given["hamlet"] else None
    rules.check_times(given["starts_at"], given["ends_at"], clock.now())
    going = [each["official"] for each in given["partners"]]
    rules.check_partners(Purpose(given["purpose"]), given["official"], going)
    lead = known(session, given["official"], "official")
    partners = all_known(session, going, "partners")
    _check_clashes(session, [lead.id, *going], place.unit.id, given, who)
    grace = queries.purpose(session, given["purpose"]).grace_hours
    visit = Visit.plan(place.unit, place.full_name, hamlet, given, grace, by=who.client_id)
    session.add(visit)
    session.flush()
    session.add(VisitOfficial.of(visit, lead, Role.LEAD))
    for person, said in zip(partners, given["partners"], strict=True):
        session.add(VisitOfficial.of(visit, person, Role.PARTNER, said["organisation"]))
    _note(session, visit, "plan", given, who, official=lead)
    return visit


def reschedule(session: Session, visit: Visit, given: dict[str, Any], who: Principal) -> None:
    """Move a locked visit to another time; `given` is what RescheduleInput loads. Raises as `plan` does."""
    rules.after(State(visit.state), Move.RESCHEDULE)
    rules.check_times(given["starts_at"], given["ends_at"], clock.now())
    people = [each.official_id for each in queries.who_goes(session, [visit.id])[visit.id]]
    _check_clashes(session, people, visit.unit_id, given, who, but=visit.id)
    before = {"starts_at": visit.starts_at, "ends_at": visit.ends_at}
    grace = queries.purpose(session, visit.purpose).grace_hours
    visit.reschedule(given["starts_at"], given["ends_at"], grace)
    _note(session, visit, Move.RESCHEDULE, given, who, before=before)


def cancel(session: Session, visit: Visit, given: dict[str, Any], who: Principal) -> None:
    """Cancel a locked visit with a reason; raises RuleBroken."""
    visit.cancel()
    _note(session, visit, Move.CANCEL, given, who)


def carry_out(session: Session, visit: Visit, given: dict[str, Any], who: Principal) -> None:
    """Note that a locked visit took place; it counts for everybody who went. `given` is what CarryOutInput loads.

    Raises BadInput naming the field, RuleBroken.
    """
    attendance = [_there(session, each, f"attendance.{n}") for n, each in enumerate(given["attendance"])]
    visit.carry_out(attendance, given, queries.purpose(session, visit.purpose).close_hours)
    day = clock.local_date(visit.starts_at)
    for person in queries.who_goes(session, [visit.id])[visit.id]:
        for activity in rules.activities(Purpose(visit.purpose)):
            record_activity(session, person.official_id, visit.unit_id, visit.unit_path, activity, day, visit.id)
    _note(session, visit, Move.CARRY_OUT, given, who)


def close(session: Session, visit: Visit, given: dict[str, Any], who: Principal, *, feedback: int) -> None:
    """Close a locked visit that led to so much feedback, or to none for a reason. Which feedback it was does not
    stand in the visit: some may be restricted. Raises RuleBroken, or BadInput naming `no_feedback_reason`.
    """
    visit.close(feedback, given["no_feedback_reason"])
    told = {"official": given["official"], "reason": given["no_feedback_reason"]}
    _note(session, visit, Move.CLOSE, told, who)


def settle(session: Session) -> int:
    """Look at some visits whose time for it has come: planned ones were missed, others should be closed, and those
    who went are told. How many there were."""
    due = (
        select(Visit)
        .where(Visit.due_at <= clock.now())
        .order_by(Visit.due_at, Visit.id)
        .limit(SETTLED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    going = queries.who_goes(session, [each.id for each in found])
    for visit in found:
        if visit.state == State.PLANNED:
            visit.miss()
            session.add(VisitMove.now(Move.MISS, visit_id=visit.id, data={}))
            remind(session, telling.missed(visit, going[visit.id], clock.today()))
        else:
            visit.due_at = None
            remind(session, telling.unclosed(visit, going[visit.id], clock.today()))
    session.flush()
    return len(found)


def set_purpose(session: Session, purpose: VisitPurpose, given: dict[str, Any], who: Principal) -> None:
    """Change a purpose; it holds in every province. Raises Forbidden without a token for all."""
    who.check("")
    for name, value in given.items():
        setattr(purpose, name, value)
    purpose.version += 1
    session.flush()


def _there(session: Session, said: dict[str, Any], field: str) -> dict[str, Any]:
    """Somebody who was there; an official by the name of that day."""
    official = known(session, said["official"], f"{field}.official") if said["official"] else None
    name = official.full_name if official else said["name"]
    if not name:
        raise BadInput("Say who it was, by name or as an official.", field=f"{field}.name")
    return {"name": name, "position": said["position"], "official_id": str(official.id) if official else None}


def _check_clashes(
    session: Session,
    people: list[UUID],
    unit_id: UUID,
    given: dict[str, Any],
    who: Principal,
    *,
    but: UUID | None = None,
) -> None:
    queries.take_turns(session, [*people, unit_id])
    span: tuple[datetime, datetime] = (given["starts_at"], given["ends_at"])
    own, communes = queries.clashes(session, people, unit_id, span, who, but=but)
    rules.check_clashes(own, communes, allow=given["allow_clash"], reason=given["clash_reason"])


def _note(
    session: Session,
    visit: Visit,
    move: str,
    given: dict[str, Any],
    who: Principal,
    *,
    official: Any = None,
    **data: Any,
) -> None:
    if official is None and given.get("official"):
        official = known(session, given["official"], "official")
    if given.get("allow_clash"):
        data["clash_reason"] = given["clash_reason"]
    reason = given.get("reason")
    session.add(
        VisitMove.now(move, visit_id=visit.id, client_id=who.client_id, official=official, reason=reason, data=data)
    )
    session.flush()
