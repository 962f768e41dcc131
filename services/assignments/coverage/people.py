"""Reading about the people of a territory: who follows too much, whose term ends, who cannot be reached."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from services.assignments.assignments.model import Assignment
from services.assignments.coverage.rules import after
from services.assignments.officials.model import Official
from services.assignments.reachability.model import Reach
from services.assignments.units.model import Unit
from services.assignments.validity import valid_on
from shared.web.paging import paginate

NO_ADDRESS = "no_address"


def overloaded(session: Session, path: str, day: date, most: int, **paging: Any) -> dict[str, Any]:
    """One page of the officials who hold a post in the territory and follow more than `most` places in all, by
    name."""
    counts = _counts(path, day).subquery()
    statement = select(Official.id, Official.full_name, Official.sort_key, counts.c.places).join(
        counts, counts.c.official_id == Official.id
    )
    statement = statement.where(Official.active, counts.c.places > most)
    return paginate(session, statement, Official.sort_key, Official.id, scalars=False, **paging)


def ending(session: Session, path: str, day: date, days: int, **paging: Any) -> dict[str, Any]:
    """One page of the assignments in the territory that end within so many days, the next first."""
    statement = (
        select(Assignment)
        .join(Assignment.territory)
        .options(
            contains_eager(Assignment.territory),
            *(joinedload(getattr(Assignment, name)) for name in ("official", "unit", "cluster", "hamlet")),
        )
        .where(
            _inside(path),
            Assignment.valid_from <= day,
            Assignment.valid_to > day,
            Assignment.valid_to <= day + timedelta(days=days),
        )
    )
    return paginate(session, statement, Assignment.valid_to, Assignment.id, **paging)


def unreachable(session: Session, path: str, day: date, **paging: Any) -> dict[str, Any]:
    """One page of the officials who hold a post in the territory and whom no message reaches, by name."""
    statement = (
        select(
            Official.id,
            Official.full_name,
            Official.sort_key,
            case((Official.email.is_(None), NO_ADDRESS), else_=Reach.reason).label("reason"),
            case((Reach.reachable.is_(False), Reach.since)).label("since"),
        )
        .outerjoin(Reach, Reach.official_id == Official.id)
        .where(
            Official.active,
            Official.id.in_(_holders(path, day)),
            or_(Official.email.is_(None), Reach.reachable.is_(False)),
        )
    )
    return paginate(session, statement, Official.sort_key, Official.id, scalars=False, **paging)


def numbers(session: Session, path: str, day: date, most: int, days: int) -> dict[str, int]:
    """How many there are of each."""
    counts = _counts(path, day).subquery()
    active = select(func.count()).select_from(Official).where(Official.active)
    many = active.join(counts, counts.c.official_id == Official.id).where(counts.c.places > most)
    ends = (
        select(func.count())
        .select_from(Assignment)
        .join(Assignment.territory)
        .where(
            _inside(path),
            Assignment.valid_from <= day,
            Assignment.valid_to > day,
            Assignment.valid_to <= day + timedelta(days=days),
        )
    )
    mute = (
        active.outerjoin(Reach, Reach.official_id == Official.id)
        .where(Official.id.in_(_holders(path, day)))
        .where(or_(Official.email.is_(None), Reach.reachable.is_(False)))
    )
    found = {"overloaded": many, "ending": ends, "unreachable": mute}
    return {name: session.scalar(statement) or 0 for name, statement in found.items()}


def _inside(path: str) -> ColumnElement[bool]:
    return (Unit.path >= literal(path)) & (Unit.path < literal(after(path)))


def _holders(path: str, day: date) -> Select[Any]:
    held = select(Assignment.official_id).join(Unit, Unit.id == Assignment.territory_id)
    return held.where(_inside(path), valid_on(Assignment, day))


def _counts(path: str, day: date) -> Select[Any, int]:
    """How many places each of those who hold one in the territory follows, wherever they are."""
    places = func.count(Assignment.place_id.distinct()).label("places")
    counted = select(Assignment.official_id, places).where(valid_on(Assignment, day))
    return counted.where(Assignment.official_id.in_(_holders(path, day))).group_by(Assignment.official_id)
