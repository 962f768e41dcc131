"""What is known of each commune, and since when."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, Subquery, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from services.visits.followings.model import ActivityEntry
from services.visits.followings.rules import Activity
from services.visits.issues.model import Issue
from services.visits.officials.model import Official
from services.visits.situation.model import SILENT_COMMUNE, Threshold
from services.visits.units.model import Unit
from services.visits.units.queries import paths_of
from services.visits.units.rules import REPORTING_LEVEL, full_name, narrowed, prefixes
from shared import clock
from shared.web.auth import Principal
from shared.web.paging import paginate

NEVER = date(1, 1, 1)  # sorts first


def freshness(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of today's communes inside the territory with what is known of each, by path."""
    rows = _communes(session, filters, who)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    page = paginate(session, select(rows), rows.c.path, rows.c.id, **paging, scalars=False)
    return page | {"items": _shown(session, page["items"])}


def silent(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of the communes of which nothing was heard for `days` days (a threshold by default), the longest
    silent first."""
    days = filters.get("days") or days_of(session, SILENT_COMMUNE)
    before = clock.today() - timedelta(days=days)
    rows = _communes(session, filters, who)
    statement = select(rows).where(rows.c.heard < before, rows.c.valid_from <= before)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    page = paginate(session, statement, rows.c.heard, rows.c.path, rows.c.id, **paging, scalars=False)
    return page | {"items": _shown(session, page["items"]), "days": days}


def count_silent(session: Session, who: Principal, places: Sequence[str]) -> int:
    """How many communes inside these places are silent today."""
    before = clock.today() - timedelta(days=days_of(session, SILENT_COMMUNE))
    rows = _inside(who, places)
    wanted = select(func.count()).select_from(rows).where(rows.c.heard < before, rows.c.valid_from <= before)
    return session.scalar(wanted) or 0


def contacts(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of counts of what each official did for each commune in a period, by official and path."""
    entry = ActivityEntry
    conditions = [_in_places(entry.unit_path, _places(session, filters, who))]
    if "official" in filters:
        conditions.append(entry.official_id == filters["official"])
    if "first_day" in filters:
        conditions.append(entry.day >= filters["first_day"])
    if "last_day" in filters:
        conditions.append(entry.day <= filters["last_day"])
    counts = [func.count().filter(entry.activity == each).label(each) for each in Activity]
    rows = (
        select(
            entry.official_id,
            entry.unit_path,
            *counts,
            func.count().label("total"),
            func.max(entry.day).label("last_on"),
        )
        .where(*conditions)
        .group_by(entry.official_id, entry.unit_path)
        .subquery()
    )
    named = select(rows, Official.full_name).outerjoin(Official, Official.id == rows.c.official_id)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, named, rows.c.official_id, rows.c.unit_path, **paging, scalars=False)


def thresholds(session: Session) -> Sequence[Threshold]:
    """All of them."""
    return session.scalars(select(Threshold).order_by(Threshold.code)).all()


def days_of(session: Session, code: str) -> int:
    """The days of a threshold."""
    return session.execute(select(Threshold.days).where(Threshold.code == code)).scalar_one()


def _places(session: Session, filters: dict[str, Any], who: Principal) -> list[str]:
    return narrowed(who.territories, paths_of(session, filters["unit"]) if "unit" in filters else None)


def _communes(session: Session, filters: dict[str, Any], who: Principal) -> Subquery:
    return _inside(who, _places(session, filters, who))


def _inside(who: Principal, places: Sequence[str]) -> Subquery:
    """Today's communes inside the places with the last day of each kind: a probe of an index for each."""
    today = clock.today()
    lasts = {f"last_{each}": _last_activity(each, today) for each in Activity}
    issue = func.greatest(_last_issue(Issue.path_3), _last_issue(Issue.path_2))
    last_issue = cast(func.timezone(clock.LOCAL.key, issue), Date)
    columns = {**lasts, "last_issue": last_issue}
    found = (
        select(Unit.id, Unit.code, Unit.name, Unit.path, Unit.valid_from)
        .add_columns(*(column.label(name) for name, column in columns.items()))
        .where(
            Unit.level == REPORTING_LEVEL,
            Unit.valid_from <= today,
            or_(Unit.valid_to.is_(None), Unit.valid_to > today),
            _in_places(Unit.path, places),
        )
        .subquery()
    )
    heard = func.coalesce(func.greatest(*(found.c[name] for name in columns)), NEVER).label("heard")
    return select(found, heard).subquery()


def _last_activity(activity: Activity, today: date) -> Any:
    entry = ActivityEntry
    same = and_(entry.unit_path == Unit.path, entry.activity == activity, entry.day <= today)
    return select(func.max(entry.day)).where(same).correlate(Unit).scalar_subquery()


def _last_issue(path: Any) -> Any:
    """A commune's path has three codes, or two where there are no districts: the other column never equals it."""
    newest: Select[Any] = select(func.max(Issue.reported_at)).where(path == Unit.path)
    return newest.correlate(Unit).scalar_subquery()


def _in_places(path: Any, places: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(path.startswith(place, autoescape=True) for place in places)) if places else path.is_(None)


def _shown(session: Session, rows: Sequence[Any]) -> list[dict[str, Any]]:
    today = clock.today()
    above = {path for row in rows for path in prefixes(row["path"])[1:]}
    named = select(Unit.path, Unit.name).where(
        Unit.path.in_(sorted(above)),
        Unit.valid_from <= today,
        or_(Unit.valid_to.is_(None), Unit.valid_to > today),
    )
    names = {row.path: row.name for row in session.execute(named)} if above else {}
    return [
        _one(row, [row["name"], *(names[path] for path in prefixes(row["path"])[1:] if path in names)])
        for row in rows
    ]


def _one(row: Any, names: list[str]) -> dict[str, Any]:
    unit = {"id": row["id"], "code": row["code"], "name": full_name(names), "path": row["path"]}
    heard = None if row["heard"] == NEVER else row["heard"]
    shown = ("last_visit", "last_meeting", "last_report", "last_feedback", "last_contact", "last_issue")
    return {"unit": unit, "last_heard": heard, **{name: row[name] for name in shown}}
