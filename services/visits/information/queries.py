"""Reading information requests, and who is concerned by them."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.visits.followings.queries import holders, people
from services.visits.information.model import InformationDeadline, InformationMove, InformationRequest
from services.visits.information.rules import State
from services.visits.units.queries import paths_of
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

# Posts that speak for a commune, if any is held there; else those who follow it pass the question on.
SPEAKING = ("commune_leadership",)
FOLLOWING = ("commune_follower",)


def deadline(session: Session) -> InformationDeadline:
    """By when requests are answered; the migration made the one row."""
    return session.scalars(select(InformationDeadline).where(InformationDeadline.kind == "request")).one()


def one(session: Session, request_id: UUID, who: Principal, *, locked: bool = False) -> InformationRequest:
    """A request to a commune inside the territory; raises NotFound."""
    statement = select(InformationRequest).where(InformationRequest.id == request_id)
    found = session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None or not who.covers(found.unit_path):
        raise NotFound()
    return found


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of requests, newest first; `filters` is what InformationRequestFilters loads."""
    statement = select(InformationRequest).where(territory_filter(InformationRequest.unit_path, who))
    if "unit" in filters:
        paths = paths_of(session, filters["unit"])
        inside = [InformationRequest.unit_path.startswith(path, autoescape=True) for path in paths]
        statement = statement.where(or_(*inside))
    if "state" in filters:
        statement = statement.where(InformationRequest.state == filters["state"])
    if "official" in filters:
        statement = statement.where(InformationRequest.official_id == filters["official"])
    if filters["overdue"]:
        late = (InformationRequest.state == State.OPEN, InformationRequest.due_on < clock.today())
        statement = statement.where(*late)
    keys = (InformationRequest.asked_at, InformationRequest.id)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, *keys, descending=True, **paging)
    return found | {"items": [listed(each) for each in found["items"]]}


def speakers(session: Session, unit_path: str) -> list[tuple[UUID, str]]:
    """Id and name of those who are told that a commune is asked."""
    found = holders(session, unit_path, clock.today(), posts=SPEAKING)
    return people(found or holders(session, unit_path, clock.today(), posts=FOLLOWING))


def listed(asked: InformationRequest) -> dict[str, Any]:
    """A request in a list."""
    same = (
        "id", "version", "state", "question", "asked_at", "asked_by", "due_on", "answer", "answered_at",
        "answered_by", "files",
    )  # fmt: skip
    return {
        **{name: getattr(asked, name) for name in same},
        "unit": {name: getattr(asked, f"unit_{name}") for name in ("id", "code", "name", "path")},
        "official": {"id": asked.official_id, "full_name": asked.official_name} if asked.official_id else None,
        "overdue": asked.state == State.OPEN and asked.due_on < clock.today(),
    }


def detailed(session: Session, asked: InformationRequest) -> dict[str, Any]:
    """A request with what was done to it, oldest first."""
    moves = select(InformationMove).where(InformationMove.subject_id == asked.id)
    history = [
        {
            "at": each.at,
            "move": each.move,
            "client_id": each.client_id,
            "official": {"id": each.official_id, "full_name": each.official_name} if each.official_id else None,
            "reason": each.reason,
            "data": each.data,
        }
        for each in session.scalars(moves.order_by(InformationMove.at, InformationMove.id))
    ]
    return listed(asked) | {"history": history}
