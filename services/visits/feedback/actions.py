"""Giving feedback, answering and following it up, closing a visit with it, and changing the rules."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.feedback import queries, rules, telling, wording
from services.visits.feedback.model import Feedback, FeedbackFollowUp, FeedbackMove, WordingRule
from services.visits.feedback.rules import Move, State
from services.visits.followings.actions import forget_activities, record_activity
from services.visits.followings.rules import Activity
from services.visits.issues.queries import id_of
from services.visits.officials.queries import all_known, known
from services.visits.reminders.actions import remind
from services.visits.units.queries import reporting_unit
from services.visits.visits.actions import close
from services.visits.visits.model import Visit
from services.visits.visits.queries import one as one_visit
from services.visits.visits.rules import State as VisitState
from shared import clock
from shared.errors import BadInput, NotFound, RuleBroken
from shared.web.auth import Principal

CHASED_AT_ONCE = 50


def give(session: Session, given: dict[str, Any], who: Principal) -> Feedback:
    """Give feedback to a commune; `given` is what FeedbackInput loads.

    Raises BadInput naming the field, or listing the `flags` of general wording that is not confirmed; Forbidden
    for a place outside the territory.
    """
    visit = _visit(session, given["visit"], who)
    place = _place(session, given["unit"], visit, who)
    rules.check_addressee(given["addressee"])
    rules.check_due(given["due_on"], clock.today())
    official = known(session, given["official"], "official")
    readers = _readers(session, given)
    flags = _examine(session, given)
    links = {"visit_id": visit.id if visit else None, "issue_id": _issue(session, given["issue"], who)}
    rule = queries.follow_up(session).as_rule()
    feedback = Feedback.give(
        place, official, given, links=links, readers=readers, flags=flags, rule=rule, by=who.client_id
    )
    session.add(feedback)
    session.flush()
    record_activity(
        session, official.id, feedback.unit_id, feedback.unit_path, Activity.FEEDBACK, clock.today(), feedback.id
    )
    _note(session, feedback, "give", who, official, data={})
    told = queries.speakers(session, feedback.unit_path)
    remind(session, telling.giving(feedback, feedback.id, clock.today(), told))
    return feedback


def move(session: Session, feedback: Feedback, given: dict[str, Any], who: Principal) -> None:
    """Move locked feedback; `given` is what FeedbackMoveInput loads.

    Raises RuleBroken, or BadInput naming the detail that is missing, wrong or out of place.
    """
    wanted = Move(given["move"])
    rules.check_details(wanted, given)
    rules.check_due(given["due_on"], clock.today())
    official = known(session, given["official"], "official") if given["official"] else None
    if wanted == Move.WITHDRAW:
        _check_withdrawal(session, feedback, official)
    feedback.move(wanted, given, queries.follow_up(session).as_rule())
    data = {name: given[name] for name in rules.DETAILS if given[name] and name != "reason"}
    done = _note(session, feedback, wanted, who, official, reason=given["reason"], data=data)
    if wanted in (Move.ACCEPT, Move.EXPLAIN):
        remind(session, telling.answering(feedback, done.id, clock.today()))
    elif wanted == Move.REOPEN:
        told = queries.speakers(session, feedback.unit_path)
        remind(session, telling.giving(feedback, done.id, clock.today(), told))
    elif wanted == Move.WITHDRAW:
        forget_activities(session, feedback.id)
        told = queries.speakers(session, feedback.unit_path)
        remind(session, telling.withdrawing(feedback, done.id, clock.today(), told))


def close_visit(session: Session, visit: Visit, given: dict[str, Any], who: Principal) -> None:
    """Close a locked visit with its feedback and that named here, or with a reason for none.

    Raises RuleBroken, or BadInput naming `feedback` or `no_feedback_reason`.
    """
    for place, feedback_id in enumerate(given["feedback"]):
        _link(session, visit, feedback_id, f"feedback.{place}", who)
    session.flush()
    close(session, visit, given, who, feedback=queries.count_of_visit(session, visit.id))


def chase(session: Session) -> int:
    """Remind those concerned by some feedback whose time for it has come; how much there was."""
    due = (
        select(Feedback)
        .where(Feedback.chase_at <= clock.now())
        .order_by(Feedback.chase_at, Feedback.id)
        .limit(CHASED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    rule, today = queries.follow_up(session).as_rule(), clock.today()
    for feedback in found:
        remind(session, telling.chasing(feedback, today, queries.speakers(session, feedback.unit_path)))
        feedback.chase_at = rules.next_chase(feedback.follow_on, today, rule)
    session.flush()
    return len(found)


def set_wording_rule(session: Session, rule: WordingRule, given: dict[str, Any], who: Principal) -> None:
    """Change a rule of wording or add one; it holds in every province. Raises BadInput, Forbidden."""
    who.check("")
    wording.check_rule(given)
    for name, value in given.items():
        setattr(rule, name, value)
    rule.version += 1
    session.add(rule)
    session.flush()


def set_follow_up(session: Session, rule: FeedbackFollowUp, given: dict[str, Any], who: Principal) -> None:
    """Change how feedback is followed up; it holds in every province. Raises Forbidden."""
    who.check("")
    for name, value in given.items():
        setattr(rule, name, value)
    rule.version += 1
    session.flush()


def _visit(session: Session, visit_id: UUID | None, who: Principal) -> Visit | None:
    if visit_id is None:
        return None
    try:
        visit = one_visit(
            session, visit_id, who, locked=True
        )  # it must not be closed meanwhile for want of feedback
    except NotFound:
        raise BadInput("There is no visit with this id.", field="visit") from None
    if visit.state == VisitState.CANCELLED:
        raise BadInput("This visit was cancelled.", field="visit")
    return visit


def _place(session: Session, unit: str | None, visit: Visit | None, who: Principal) -> dict[str, Any]:
    """The unit columns; of a visit, the place of that time."""
    if unit:
        place = reporting_unit(session, unit)
        who.check(place.unit.path)
        if visit and visit.unit_id != place.unit.id:
            raise BadInput(f"The visit was to {visit.unit_name}.", field="unit")
        columns = {f"unit_{name}": getattr(place.unit, name) for name in ("id", "code", "path")}
        return columns | {"unit_name": place.full_name}
    if visit is None:
        raise BadInput("Name the commune, or the visit.", field="unit")
    return {f"unit_{name}": getattr(visit, f"unit_{name}") for name in ("id", "code", "path", "name")}


def _readers(session: Session, given: dict[str, Any]) -> list[Any]:
    if given["readers"] and not given["restricted"]:
        raise BadInput("Everybody may read what is not restricted.", field="readers")
    return all_known(session, dict.fromkeys(given["readers"]), "readers")


def _issue(session: Session, reference: str | None, who: Principal) -> UUID | None:
    try:
        return id_of(session, reference, who) if reference else None
    except NotFound:
        raise BadInput("There is no issue with this id or code.", field="issue") from None


def _examine(session: Session, given: dict[str, Any]) -> list[dict[str, Any]]:
    addressee = given["addressee"]["kind"] if given["addressee"] else None
    said = {name: given[name] for name in ("text", "action", "due_on", "visit", "issue")}
    found = wording.examine(
        wording.Wording(addressee=addressee, **said), queries.wording_rules(session, active_only=True)
    )
    return wording.check(found, confirmed=given["confirm_general"])


def _check_withdrawal(session: Session, feedback: Feedback, official: Any) -> None:
    """Who gave it takes it back, and no visit that was closed with it is left without."""
    if official is None or official.id != feedback.official_id:
        raise BadInput("Only the official who gave it takes it back.", field="official")
    visit = session.get(Visit, feedback.visit_id) if feedback.visit_id else None
    if visit and visit.state == VisitState.CLOSED and queries.count_of_visit(session, visit.id) == 1:
        raise RuleBroken("Its visit was closed with this feedback alone.")


def _link(session: Session, visit: Visit, feedback_id: UUID, field: str, who: Principal) -> None:
    try:
        feedback = queries.one(session, feedback_id, who, locked=True)
    except NotFound:
        raise BadInput("There is no feedback with this id.", field=field) from None
    if feedback.unit_id != visit.unit_id:
        raise BadInput(f"This feedback is for {feedback.unit_name}.", field=field)
    if feedback.state == State.WITHDRAWN:
        raise BadInput("This feedback was taken back.", field=field)
    if feedback.visit_id not in (None, visit.id):
        raise BadInput("This feedback belongs to another visit.", field=field)
    feedback.visit_id = visit.id


def _note(
    session: Session,
    feedback: Feedback,
    done: str,
    who: Principal,
    official: Any,
    *,
    reason: str | None = None,
    data: dict[str, Any],
) -> FeedbackMove:
    line = FeedbackMove.now(
        done, feedback_id=feedback.id, client_id=who.client_id, official=official, reason=reason, data=data
    )
    session.add(line)
    session.flush()
    return line
