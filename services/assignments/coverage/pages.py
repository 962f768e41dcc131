"""What is read of coverage, for a client and its territory."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.coverage import people, queries
from services.assignments.coverage.actions import limits
from services.assignments.coverage.model import CoverageSnapshot
from services.assignments.coverage.rules import Limit
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal
from shared.web.paging import decode_cursor, encode_cursor, paginate

_KEY = (str, str, UUID)


def unit_of(session: Session, who: Principal, ref: str | UUID) -> tuple[Unit, date]:
    """A unit of today inside the territory, and today. Raises BadInput, NotFound."""
    today = clock.today()
    unit = unit_on(session, ref, today, "unit")
    if not who.covers(unit.path):
        raise NotFound(field="unit")
    return unit, today


def overview(session: Session, who: Principal, *, unit: str | UUID, days: int | None) -> dict[str, Any]:
    """How a unit is covered, and how much there is to look at."""
    place, today = unit_of(session, who, unit)
    set_ = limits(session)
    days = days or set_[Limit.HORIZON_DAYS]
    found = queries.gaps(session, place.path, today, today + timedelta(days=days + 1))
    now = sum(gap.since <= today for gap in found)
    return {
        "unit": place,
        "at": today,
        "days": days,
        "scores": [tally for tally, _ in queries.tallies(session, place.path, today)],
        "gaps_now": now,
        "gaps_coming": len(found) - now,
        **people.numbers(session, place.path, today, set_[Limit.MOST_PLACES], set_[Limit.ENDING_DAYS]),
    }


def gaps(
    session: Session, who: Principal, *, unit: str | UUID, days: int | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of the gaps of a unit, by path, post and place."""
    place, today = unit_of(session, who, unit)
    days = days or limits(session)[Limit.HORIZON_DAYS]
    mark = {"after_key": decode_cursor(cursor, _KEY)} if cursor else {}
    until = today + timedelta(days=days + 1)
    found = queries.gaps(session, place.path, today, until, limit=limit + 1, **mark)
    last = found[limit - 1] if len(found) > limit else None
    next_cursor = encode_cursor([last.path, last.post, last.place_id]) if last else None
    return {"items": found[:limit], "next_cursor": next_cursor}


def history(
    session: Session, who: Principal, *, unit: str | UUID, first: date | None, last: date | None, **paging: Any
) -> dict[str, Any]:
    """One page of the days of a unit, the newest first."""
    place, _ = unit_of(session, who, unit)
    statement = select(CoverageSnapshot).where(CoverageSnapshot.unit_id == place.id)
    if first:
        statement = statement.where(CoverageSnapshot.day >= first)
    if last:
        statement = statement.where(CoverageSnapshot.day <= last)
    return paginate(session, statement, CoverageSnapshot.day, descending=True, **paging)


def roots(session: Session, who: Principal, day: date) -> list[str]:
    """The paths to go through one after the other to see all of the territory."""
    tops = select(Unit.path).where(Unit.parent_id.is_(None), valid_on(Unit, day)).order_by(Unit.path)
    if who.covers(""):
        return list(session.scalars(tops))
    inner = {path for path in who.territories if path}
    return sorted(path for path in inner if not any(path != each and path.startswith(each) for each in inner))
