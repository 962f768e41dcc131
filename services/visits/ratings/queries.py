"""Reading ratings."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, cast, func, or_, select
from sqlalchemy.orm import Session

from services.visits.ratings import rules
from services.visits.ratings.model import Rating
from services.visits.units.queries import paths_of
from services.visits.units.rules import narrowed
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal
from shared.web.paging import paginate


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of ratings inside the territory, newest first; raises BadInput."""
    statement = select(Rating).where(*_conditions(session, filters, who))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, Rating.id, **paging, descending=True)
    return found | {"items": [shown(each) for each in found["items"]]}


def averages(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of the average of each official rated inside the territory."""
    rows = (
        select(
            Rating.official_id,
            func.max(Rating.full_name).label("full_name"),
            cast(func.round(func.avg(Rating.score), 2), Float).label("average"),
            func.count().label("ratings"),
            func.count(Rating.unit_id.distinct()).label("communes"),
        )
        .where(*_conditions(session, filters, who))
        .group_by(Rating.official_id)
        .subquery()
    )
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, select(rows), rows.c.official_id, **paging, scalars=False)


def one(session: Session, rating_id: UUID, who: Principal, *, lock: bool = False) -> Rating:
    """A rating inside the territory; raises NotFound."""
    found = session.get(Rating, rating_id, with_for_update=True if lock else None)
    if found is None or not who.covers(found.unit_path):
        raise NotFound()
    return found


def shown(rating: Rating) -> dict[str, Any]:
    """As the API shows it."""
    names = ("id", "official_id", "full_name", "score", "comment", "created_at", "created_by", "version")
    unit = {
        "id": rating.unit_id,
        "code": rating.unit_code,
        "name": rating.unit_name,
        "path": rating.unit_path,
    }
    return {**{name: getattr(rating, name) for name in names}, "unit": unit, "month": f"{rating.month:%Y-%m}"}


def _conditions(session: Session, filters: dict[str, Any], who: Principal) -> list[ColumnElement[bool]]:
    places = narrowed(who.territories, paths_of(session, filters["unit"]) if "unit" in filters else None)
    inside = [Rating.unit_path.startswith(place, autoescape=True) for place in places]
    conditions = [or_(*inside) if inside else Rating.unit_path.is_(None)]
    if "official" in filters:
        conditions.append(Rating.official_id == filters["official"])
    for name in ("first_month", "last_month"):
        if name in filters:
            month = rules.month_of(filters[name], clock.today(), name)
            conditions.append(Rating.month >= month if name == "first_month" else Rating.month <= month)
    return conditions
