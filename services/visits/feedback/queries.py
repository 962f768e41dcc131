"""Reading feedback, its rules, and who is concerned by it. Restricted feedback is there only for those who may
change things (visits:write): to others it does not exist."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from services.visits.feedback.model import Feedback, FeedbackFollowUp, FeedbackMove, WordingRule
from services.visits.feedback.rules import SETTLED, State
from services.visits.followings.queries import holders, people
from services.visits.units.queries import paths_of
from shared import clock
from shared.clock import LOCAL
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

# Posts that speak for a commune, if any is held there; else those who follow it pass it on.
SPEAKING = ("commune_leadership",)
FOLLOWING = ("commune_follower",)


def wording_rules(session: Session, *, active_only: bool = False) -> Sequence[WordingRule]:
    """The rules of wording, by code; few rows."""
    statement = select(WordingRule).order_by(WordingRule.kind.desc(), WordingRule.code)  # refuse before flag
    return session.scalars(statement.where(WordingRule.active) if active_only else statement).all()


def wording_rule(session: Session, code: str) -> WordingRule | None:
    """One rule of wording, if there is one."""
    return session.get(WordingRule, code)


def follow_up(session: Session) -> FeedbackFollowUp:
    """How feedback is followed up; the migration made the one row."""
    return session.scalars(select(FeedbackFollowUp).where(FeedbackFollowUp.code == "feedback")).one()


def one(session: Session, feedback_id: UUID, who: Principal, *, locked: bool = False) -> Feedback:
    """Feedback that the client may see; raises NotFound."""
    statement = select(Feedback).where(Feedback.id == feedback_id, _seen(who))
    found = session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None or not who.covers(found.unit_path):
        raise NotFound()
    return found


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of the feedback that the client may see, newest first; `filters` is what FeedbackFilters loads."""
    statement = select(Feedback).where(territory_filter(Feedback.unit_path, who), _seen(who))
    if "unit" in filters:
        paths = paths_of(session, filters["unit"])
        statement = statement.where(or_(*(Feedback.unit_path.startswith(each, autoescape=True) for each in paths)))
    columns = {
        "official": Feedback.official_id,
        "visit": Feedback.visit_id,
        "state": Feedback.state,
        "form": Feedback.form,
        "addressee": Feedback.addressee_kind,
    }
    for name, column in columns.items():
        if name in filters:
            statement = statement.where(column == filters[name])
    if "given_from" in filters:
        statement = statement.where(Feedback.given_at >= _midnight(filters["given_from"]))
    if "given_to" in filters:
        statement = statement.where(Feedback.given_at < _midnight(filters["given_to"] + timedelta(days=1)))
    if filters["overdue"]:
        statement = statement.where(Feedback.state.not_in(SETTLED), Feedback.follow_on < clock.today())
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, Feedback.given_at, Feedback.id, descending=True, **paging)
    return found | {"items": [listed(each) for each in found["items"]]}


def count_of_visit(session: Session, visit_id: UUID) -> int:
    """How much feedback a visit has led to so far, restricted or not, without what was taken back."""
    stands = Feedback.state != State.WITHDRAWN
    return session.scalar(select(func.count()).where(Feedback.visit_id == visit_id, stands)) or 0


def speakers(session: Session, unit_path: str) -> list[tuple[UUID, str]]:
    """Id and name of those who answer for a commune."""
    found = holders(session, unit_path, clock.today(), posts=SPEAKING)
    return people(found or holders(session, unit_path, clock.today(), posts=FOLLOWING))


def listed(feedback: Feedback) -> dict[str, Any]:
    """Feedback in a list."""
    same = (
        "id", "version", "state", "form", "text", "action", "due_on", "follow_on", "overdue", "visit_id",
        "issue_id", "restricted", "readers", "flags", "given_at", "created_by", "answer", "answered_by",
        "answered_at", "done_at",
    )  # fmt: skip
    addressee = {name: getattr(feedback, f"addressee_{name}") for name in ("kind", "name", "position")}
    return {
        **{name: getattr(feedback, name) for name in same},
        "unit": {name: getattr(feedback, f"unit_{name}") for name in ("id", "code", "name", "path")},
        "official": {"id": feedback.official_id, "full_name": feedback.official_name},
        "addressee": addressee if addressee["kind"] else None,
    }


def detailed(session: Session, feedback: Feedback) -> dict[str, Any]:
    """Feedback with what was done to it, oldest first."""
    moves = select(FeedbackMove).where(FeedbackMove.feedback_id == feedback.id)
    history = [
        {
            **{name: getattr(each, name) for name in ("at", "move", "client_id", "reason", "data")},
            "official": {"id": each.official_id, "full_name": each.official_name} if each.official_id else None,
        }
        for each in session.scalars(moves.order_by(FeedbackMove.at, FeedbackMove.id))
    ]
    return listed(feedback) | {"history": history}


def _seen(who: Principal) -> ColumnElement[bool]:
    return true() if who.may("visits:write") else Feedback.restricted.is_(False)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), LOCAL)
