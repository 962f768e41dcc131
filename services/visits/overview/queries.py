"""Figures of a territory: a fixed number of statements, whatever its size."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from services.visits.cadence.queries import in_territory, standing
from services.visits.cadence.rules import REGULAR
from services.visits.cadence.rules import State as CadenceState
from services.visits.escalations.model import Escalation
from services.visits.feedback.model import Feedback
from services.visits.feedback.rules import State as FeedbackState
from services.visits.followings.model import ActivityEntry
from services.visits.followings.rules import Activity
from services.visits.issues.listing import UPPER_PATHS
from services.visits.issues.model import Issue
from services.visits.overview import rules
from services.visits.ratings.model import Rating
from services.visits.situation.queries import count_silent
from services.visits.units.queries import paths_of
from services.visits.units.rules import depth_of, narrowed
from shared import clock
from shared.web.auth import Principal


def overview(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """The figures of what the client may see, or of one unit in it; raises BadInput naming `unit`."""
    places = narrowed(who.territories, paths_of(session, filters["unit"]) if "unit" in filters else None)
    today = clock.today()
    late = Counter(
        each.rule.activity
        for each in standing(session, in_territory(session, filters, who, today), today)
        if each.state is CadenceState.OVERDUE
    )
    return {
        "at": today,
        "places": places,
        "issues": _issues(session, places),
        "escalations": _waiting(session, places),
        "overdue": {activity: late[activity] for activity in REGULAR},
        "silent_communes": count_silent(session, who, places),
        "visits": _visits(session, places, today),
        "cooperation": _cooperation(session, places, today),
    }


def _issues(session: Session, places: Sequence[str]) -> dict[str, Any]:
    now = clock.now()
    ages = [
        func.count().filter(
            Issue.reported_at <= now - timedelta(days=since),
            *([Issue.reported_at > now - timedelta(days=until)] if until else []),
        )
        for since, until in rules.AGES
    ]
    rows = session.execute(
        select(Issue.state, func.count(), *ages)
        .where(_issues_in(places))
        .group_by(Issue.state)
        .order_by(Issue.state)
    ).all()
    alive = [row for row in rows if row[0] not in rules.CLOSED]
    return {
        "open": sum(row[1] for row in alive),
        "by_state": {row[0]: row[1] for row in rows},
        "by_age": [
            {"from_days": since, "to_days": until - 1 if until else None, "open": sum(row[2 + n] for row in alive)}
            for n, (since, until) in enumerate(rules.AGES)
        ],
    }


def _waiting(session: Session, places: Sequence[str]) -> dict[str, Any]:
    """Issues that stand escalated, whose escalation to that step nobody has acknowledged."""
    wanted = (
        select(func.count(), func.min(Escalation.escalated_at))
        .join(Issue, and_(Issue.id == Escalation.issue_id, Issue.step == Escalation.step))
        .where(Issue.state == "escalated", Escalation.acknowledged_at.is_(None), _issues_in(places))
    )
    count, oldest = session.execute(wanted).one()
    return {"unacknowledged": count, "oldest_at": oldest}


def _visits(session: Session, places: Sequence[str], today: date) -> dict[str, Any]:
    """Joint: more than one official noted the same visit."""
    entry = ActivityEntry
    commented = exists().where(Feedback.visit_id == entry.ref, Feedback.state != FeedbackState.WITHDRAWN)
    each = (
        select(entry.ref, func.count().label("people"), func.bool_or(commented).label("commented"))
        .where(
            entry.activity == Activity.VISIT,
            entry.day.between(today - rules.PERIOD, today),
            _inside(entry.unit_path, places),
        )
        .group_by(entry.ref)
        .subquery()
    )
    wanted = select(func.count(), func.count().filter(each.c.people > 1), func.count().filter(each.c.commented))
    total, joint, with_feedback = session.execute(wanted.select_from(each)).one()
    return {
        "since": today - rules.PERIOD,
        "total": total,
        "joint": joint,
        "joint_share": rules.share(joint, total),
        "with_feedback": with_feedback,
        "feedback_rate": rules.share(with_feedback, total),
    }


def _cooperation(session: Session, places: Sequence[str], today: date) -> dict[str, Any]:
    since = (today - rules.PERIOD).replace(day=1)
    wanted = select(func.count(), cast(func.round(func.avg(Rating.score), 2), Float))
    count, average = session.execute(wanted.where(Rating.month >= since, _inside(Rating.unit_path, places))).one()
    return {"since": since, "ratings": count, "average": average}


def _issues_in(places: Sequence[str]) -> ColumnElement[bool]:
    """Equality with an upper path where there is one, as lists of issues do."""
    if "" in places:
        return Issue.id.is_not(None)
    upper = [
        getattr(Issue, f"path_{depth_of(place)}") == place
        if depth_of(place) <= UPPER_PATHS
        else func.starts_with(Issue.unit_path, place)
        for place in places
    ]
    return or_(*upper) if upper else Issue.id.is_(None)


def _inside(path: Any, places: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(path.startswith(place, autoescape=True) for place in places)) if places else path.is_(None)
