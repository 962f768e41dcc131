"""Asking a commune, answering, extending, withdrawing, asking again, and chasing."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.files.actions import attach
from services.visits.files.queries import known as known_files
from services.visits.information import rules, telling
from services.visits.information.model import InformationDeadline, InformationMove, InformationRequest
from services.visits.information.queries import deadline, speakers
from services.visits.information.rules import Move
from services.visits.officials.queries import known
from services.visits.reminders.actions import remind
from services.visits.reports.rules import next_chase
from services.visits.units.queries import reporting_unit
from shared import clock
from shared.web.auth import Principal

CHASED_AT_ONCE = 50


def ask(session: Session, given: dict[str, Any], who: Principal) -> InformationRequest:
    """Ask a commune; `given` is what InformationRequestInput loads.

    Raises BadInput naming the field, Forbidden for a place outside the territory.
    """
    place = reporting_unit(session, given["unit"])
    who.check(place.unit.path)
    official = known(session, given["official"], "official") if given["official"] else None
    rule = deadline(session).as_rule()
    due_on = given["due_on"] or rules.usual_due(clock.today(), rule.due_days)
    rules.check_due(due_on, clock.today())
    asked = InformationRequest.ask(
        place.unit, place.full_name, given["question"], due_on, official, rule, by=who.client_id
    )
    session.add(asked)
    session.flush()
    remind(session, telling.asking(asked, asked.id, clock.today(), speakers(session, asked.unit_path)))
    return asked


def move(session: Session, asked: InformationRequest, given: dict[str, Any], who: Principal) -> None:
    """Move a locked request; `given` is what InformationMoveInput loads.

    Raises RuleBroken, or BadInput naming the detail that is missing, wrong or out of place.
    """
    wanted = Move(given["move"])
    rules.check_details(wanted, given)
    official = known(session, given["official"], "official") if given["official"] else None
    if given["due_on"]:
        later_than = asked.due_on if wanted == Move.EXTEND else None
        rules.check_due(given["due_on"], clock.today(), later_than=later_than)
    files = known_files(session, given["files"], who, "files")
    rules.check_files(asked.unit_path, [file.unit_path for file in files])
    asked.move(wanted, given, deadline(session).as_rule())
    attach(session, given["files"], "information_request", asked.id)
    data = {name: given[name] for name in rules.DETAILS if given[name] and name != "reason"}
    done = InformationMove.now(
        wanted, subject_id=asked.id, client_id=who.client_id, official=official, reason=given["reason"], data=data
    )
    session.add(done)
    session.flush()
    _tell(session, asked, done)


def chase(session: Session) -> int:
    """Remind those concerned by some requests whose time for it has come; how many there were."""
    due = (
        select(InformationRequest)
        .where(InformationRequest.chase_at <= clock.now())
        .order_by(InformationRequest.chase_at, InformationRequest.id)
        .limit(CHASED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    rule, today = deadline(session).as_rule(), clock.today()
    for asked in found:
        remind(session, telling.chasing(asked, today, speakers(session, asked.unit_path)))
        asked.chase_at = next_chase(asked.due_on, today, rule)
    session.flush()
    return len(found)


def set_deadline(session: Session, given: dict[str, Any], who: Principal) -> InformationDeadline:
    """Say when requests are answered and chased; it holds in every province. Raises Forbidden without a token
    for all."""
    who.check("")
    row = deadline(session)
    for name, value in given.items():
        setattr(row, name, value)
    session.flush()
    return row


def _tell(session: Session, asked: InformationRequest, done: InformationMove) -> None:
    day = clock.local_date(done.at)
    if done.move == Move.ANSWER and asked.official_id:
        remind(session, telling.answering(asked, done.id, day))
    elif done.move == Move.ASK_AGAIN:
        remind(session, telling.asking(asked, done.id, day, speakers(session, asked.unit_path)))
