"""Rating cooperation."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.followings.queries import holders
from services.visits.officials.model import Official
from services.visits.officials.queries import known
from services.visits.ratings import rules
from services.visits.ratings.model import Rating
from services.visits.units.queries import reporting_unit
from shared import clock
from shared.errors import BadInput, Conflict
from shared.web.auth import Principal


def rate(session: Session, who: Principal, given: dict[str, Any]) -> Rating:
    """Say how an official worked with a commune in a month; `given` is what RatingInput loads.

    Raises BadInput naming the field, Forbidden outside the territory, Conflict if that was said already."""
    place, today = reporting_unit(session, given["unit"]), clock.today()
    who.check(place.unit.path)
    official = known(session, given["official"], "official")
    month = rules.month_of(given["month"], today)
    _check_follows(session, official, place.unit.path, rules.ends_of(month, today))
    same = select(Rating.id).where(
        Rating.unit_id == place.unit.id, Rating.official_id == official.id, Rating.month == month
    )
    if session.scalar(same) is not None:
        raise Conflict("This commune has rated this official for this month; correct that rating.", field="month")
    rating = Rating.of(
        place.unit, place.full_name, official, month, given["score"], given["comment"], who.client_id
    )
    session.add(rating)
    return rating


def _check_follows(session: Session, official: Official, path: str, days: tuple[date, date]) -> None:
    if not any(each.official_id == official.id for day in days for each in holders(session, path, day)):
        raise BadInput(f"{official.full_name} did not follow this commune in that month.", field="official")
