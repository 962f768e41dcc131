"""Noting what was done, excusing, and changing the rules."""

from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.visits.absences.actions import keep_absences
from services.visits.absences.queries import waiting_for
from services.visits.cadence.model import CadenceRule, Excusal, Obligation
from services.visits.cadence.queries import may_excuse
from services.visits.followings.actions import keep_followings, record_activity
from services.visits.followings.model import Following
from services.visits.officials.queries import known
from services.visits.units.queries import named, reporting_unit
from shared import clock
from shared.errors import BadInput, Forbidden
from shared.ids import uuid7
from shared.messaging.events import Event
from shared.web.auth import Principal


def heed_assignments(session: Session, events: list[Event]) -> None:
    """Store each assignment as its newest event says, and look again at what it asks for: a correction may name
    another official, or days that make something due earlier."""
    keep_followings(session, events)
    _look_again(session, [event.data["assignment_id"] for event in events])


def heed_absences(session: Session, events: list[Event]) -> None:
    """Store each absence as its newest event says, and look again at what is asked of who is away, or of those in
    whose place that one stands: an end that comes earlier makes something due earlier."""
    keep_absences(session, events)
    people = {event.data["official_id"] for event in events}
    _look_again(session, select(Following.id).where(Following.official_id.in_(waiting_for(session, people))))


def take_rules(session: Session, events: list[Event]) -> None:
    """Keep the cadences of the rule sets that were applied, unless a later one was taken already. What was set here
    since stays until the next application."""
    for event in sorted(events, key=lambda each: each.version):
        for given in event.data["cadences"]:
            values = given | {"active": True, "given_by": event.version}
            new = insert(CadenceRule).values(values | {"version": 1})
            older = func.coalesce(CadenceRule.given_by, 0) < event.version
            change = values | {"version": CadenceRule.version + 1}
            keys = ["post", "activity"]
            session.execute(new.on_conflict_do_update(index_elements=keys, set_=change, where=older))
        posts = {given["post"] for given in event.data["cadences"]}
        _look_again(session, select(Following.id).where(Following.post.in_(posts)))


def note(session: Session, who: Principal, given: dict[str, Any]) -> dict[str, Any]:
    """Note a meeting or another contact of an official with a commune; `given` is what ActivityInput loads.

    Raises BadInput naming the field, Forbidden for a place outside the territory.
    """
    place = reporting_unit(session, given["unit"])
    who.check(place.unit.path)
    official = known(session, given["official"], "official")
    day, activity, ref = given["on"] or clock.today(), given["activity"], uuid7()
    if day > clock.today():
        raise BadInput("This day is still to come.", field="on")
    record_activity(session, official.id, place.unit.id, place.unit.path, activity, day, ref, given["note"])
    unit = {"id": place.unit.id, "code": place.unit.code, "name": place.full_name, "path": place.unit.path}
    person = {"official_id": official.id, "full_name": official.full_name}
    return {"id": ref, **person, "unit": unit, "activity": activity, "on": day, "note": given["note"]}


def excuse(session: Session, who: Principal, given: dict[str, Any]) -> Excusal:
    """Excuse an official for a time; `given` is what ExcusalInput loads. Raises BadInput, or Forbidden when it
    would free from what lies outside the territory."""
    official = known(session, given["official"], "official")
    unit = _unit(session, given["unit"]) if given["unit"] else None
    if given["last_day"] < given["first_day"]:
        raise BadInput("The last day is before the first.", field="last_day")
    if not may_excuse(session, official.id, unit[0] if unit else None, who):
        raise Forbidden("This official follows places outside the territory of your access token; name a unit.")
    excusal = Excusal.of(official, unit, given["first_day"], given["last_day"], given["reason"], who.client_id)
    session.add(excusal)
    return excusal


def withdraw(session: Session, who: Principal, excusal: Excusal) -> None:
    """Let an excused period count no more."""
    excusal.withdraw(who.client_id)
    _look_again(session, select(Following.id).where(Following.official_id == excusal.official_id))


def set_rule(session: Session, who: Principal, rule: CadenceRule, given: dict[str, Any]) -> CadenceRule:
    """Change a rule or add one; what it asks for is looked at again. Raises BadInput naming `remind_before`,
    Forbidden for a client whose territory is not everything: a rule holds everywhere."""
    if not who.covers(""):
        raise Forbidden("A cadence holds everywhere; your territory does not.")
    if given["remind_before"] >= given["every_days"]:
        raise BadInput("Remind later than the day after the last time.", field="remind_before")
    for name, value in given.items():
        setattr(rule, name, value)
    rule.version += 1
    session.add(rule)
    _look_again(session, select(Following.id).where(Following.post == rule.post))
    return rule


def _look_again(session: Session, ids: Any) -> None:
    """What these followings ask for may now be due earlier."""
    today: date = clock.today()
    session.execute(
        update(Obligation).where(Obligation.following_id.in_(ids), Obligation.next_on > today).values(next_on=today)
    )


def _unit(session: Session, reference: str) -> tuple[str, str]:
    places = [each for each in named(session, reference) if each.unit.exists_on(clock.today())]
    if not places:
        raise BadInput("There is no unit with this code or id today.", field="unit")
    return places[0].unit.path, places[0].full_name
