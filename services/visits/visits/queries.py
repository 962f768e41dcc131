"""Reading visits: one, lists, who goes, and what clashes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text, true
from sqlalchemy.orm import Session

from services.visits.units.queries import paths_of
from services.visits.visits.model import Visit, VisitMove, VisitOfficial, VisitPurpose
from services.visits.visits.rules import LONGEST, OCCUPYING, Role
from shared.clock import LOCAL
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

# People and communes planned for at the same moment take turns, always in the same order.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('visit ' || CAST(:subject AS text), 0))")


def purposes(session: Session) -> Sequence[VisitPurpose]:
    """What visits may be for; few rows."""
    return session.scalars(select(VisitPurpose).order_by(VisitPurpose.position, VisitPurpose.code)).all()


def purpose(session: Session, code: str) -> VisitPurpose:
    """One purpose; raises NotFound."""
    found = session.get(VisitPurpose, code)
    if found is None:
        raise NotFound()
    return found


def one(session: Session, visit_id: UUID, who: Principal, *, locked: bool = False) -> Visit:
    """A visit to a commune inside the territory; raises NotFound."""
    statement = select(Visit).where(Visit.id == visit_id)
    found = session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None or not who.covers(found.unit_path):
        raise NotFound()
    return found


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of visits, the latest first; `filters` is what VisitFilters loads."""
    statement = select(Visit).where(territory_filter(Visit.unit_path, who))
    if "unit" in filters:
        inside = [Visit.unit_path.startswith(each, autoescape=True) for each in paths_of(session, filters["unit"])]
        statement = statement.where(or_(*inside))
    for name in ("state", "purpose"):
        if name in filters:
            statement = statement.where(getattr(Visit, name) == filters[name])
    if "official" in filters:
        statement = statement.where(Visit.id.in_(_visits_of([filters["official"]])))
    if "starts_from" in filters:
        statement = statement.where(Visit.starts_at >= _midnight(filters["starts_from"]))
    if "starts_to" in filters:
        statement = statement.where(Visit.starts_at < _midnight(filters["starts_to"] + timedelta(days=1)))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, Visit.starts_at, Visit.id, descending=True, **paging)
    people = who_goes(session, [each.id for each in found["items"]])
    return found | {"items": [listed(each, people[each.id]) for each in found["items"]]}


def who_goes(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, list[VisitOfficial]]:
    """The people of each visit, who leads first."""
    people: dict[UUID, list[VisitOfficial]] = defaultdict(list)
    if visit_ids:
        wanted = select(VisitOfficial).where(VisitOfficial.visit_id.in_(visit_ids))
        for person in session.scalars(wanted.order_by(VisitOfficial.full_name, VisitOfficial.official_id)):
            people[person.visit_id].insert(0 if person.role == Role.LEAD else len(people[person.visit_id]), person)
    return people


def take_turns(session: Session, subjects: Iterable[UUID]) -> None:
    """Until this transaction ends nobody else plans for these people and communes."""
    for subject in sorted(set(subjects)):
        session.execute(_LOCK, {"subject": subject})


def clashes(
    session: Session,
    people: Sequence[UUID],
    unit_id: UUID,
    span: tuple[datetime, datetime],
    who: Principal,
    *,
    but: UUID | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What else takes place in a span: visits of these people, and visits of others to the commune. Of a person's
    visits outside the territory only the time is told."""
    starts, ends = span
    statement = select(Visit).where(
        Visit.starts_at < ends,
        Visit.starts_at > starts - LONGEST,  # none lasts longer: the index is read from there only
        Visit.ends_at > starts,
        Visit.state.in_(OCCUPYING),
        Visit.id != but if but else true(),
        or_(Visit.unit_id == unit_id, Visit.id.in_(_visits_of(people))),
    )
    found = session.scalars(statement.order_by(Visit.starts_at, Visit.id)).all()
    going = who_goes(session, [each.id for each in found])
    own: list[dict[str, Any]] = []
    communes: list[dict[str, Any]] = []
    for visit in found:
        busy = [each for each in going[visit.id] if each.official_id in people]
        (own if busy else communes).append(_clash(visit, busy or going[visit.id], who, person=bool(busy)))
    return own, communes


def listed(visit: Visit, people: Iterable[VisitOfficial]) -> dict[str, Any]:
    """A visit in a list."""
    same = (
        "id", "version", "state", "purpose", "subject", "note", "meeting_place", "starts_at", "ends_at",
        "created_at", "created_by", "carried_out_at", "attendance", "attended", "summary", "closed_at",
        "no_feedback_reason",
    )  # fmt: skip
    here = visit.latitude is not None
    return {
        **{name: getattr(visit, name) for name in same},
        "unit": {name: getattr(visit, f"unit_{name}") for name in ("id", "code", "name", "path")},
        "hamlet": {"id": visit.hamlet_id, "name": visit.hamlet_name} if visit.hamlet_id else None,
        "officials": [
            {name: getattr(each, name) for name in ("official_id", "full_name", "role", "organisation")}
            for each in people
        ],
        "location": {"latitude": visit.latitude, "longitude": visit.longitude} if here else None,
    }


def detailed(session: Session, visit: Visit) -> dict[str, Any]:
    """A visit with what was done to it, oldest first."""
    moves = select(VisitMove).where(VisitMove.visit_id == visit.id).order_by(VisitMove.at, VisitMove.id)
    history = [
        {
            **{name: getattr(each, name) for name in ("at", "move", "client_id", "reason", "data")},
            "official": {"id": each.official_id, "full_name": each.official_name} if each.official_id else None,
        }
        for each in session.scalars(moves)
    ]
    return listed(visit, who_goes(session, [visit.id])[visit.id]) | {"history": history}


def _visits_of(people: Sequence[UUID]) -> Any:
    return select(VisitOfficial.visit_id).where(VisitOfficial.official_id.in_(people))


def _clash(visit: Visit, people: Sequence[VisitOfficial], who: Principal, *, person: bool) -> dict[str, Any]:
    told = {
        "with": "person" if person else "commune",
        "officials": [{"id": each.official_id, "full_name": each.full_name} for each in people],
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
    }
    if not who.covers(visit.unit_path):
        return told | {"visit": None, "subject": None, "unit": None}
    return told | {"visit": visit.id, "subject": visit.subject, "unit": visit.unit_name}


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), LOCAL)
