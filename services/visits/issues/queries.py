"""Finding issues: one by id or code, and lists, newest first."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from services.visits.categories.queries import check_known
from services.visits.database import Prepared, read_only
from services.visits.issues import rules
from services.visits.issues.listing import GIVEN, Shape, statement
from services.visits.issues.model import Issue, Reporter
from services.visits.issues.reading import DETAILED, LISTED, detailed, listed
from services.visits.search import query_of
from services.visits.units.queries import paths_of
from services.visits.units.rules import depth_of, narrowed
from shared.clock import LOCAL
from shared.errors import BadInput, NotFound
from shared.web.auth import Principal
from shared.web.paging import decode_cursor, encode_cursor

_EQUAL = ("state", "kind", "category", "severity")


def detail(session: Session, reference: str, who: Principal, *, with_reporter: bool) -> dict[str, Any]:
    """An issue in full as the API shows it; raises NotFound, also outside the territory."""
    read_only(session)
    key, value = key_of(reference)
    row = _DETAIL[key, with_reporter].row(session, {"reference": value})
    if row is None:
        raise NotFound()
    listed_values, (description, created_by, *reporter) = row[: len(LISTED)], row[len(LISTED) :]
    issue = detailed(listed(*listed_values), description, created_by)
    if not who.covers(issue["unit"]["path"]):
        raise NotFound()
    if with_reporter:
        known, name, contact = reporter
        issue["reporter"] = {"name": name, "contact": contact} if known else None
    return issue


def key_of(reference: str) -> tuple[str, str | UUID]:
    """What a reference in a URL is: ("code", …) or ("id", …); raises NotFound for what is neither."""
    if rules.CODE.fullmatch(reference):
        return "code", reference
    try:
        return "id", UUID(reference)
    except ValueError:
        raise NotFound() from None


def id_of(session: Session, reference: str, who: Principal) -> UUID:
    """The id of an issue that the client may see; raises NotFound."""
    key, value = key_of(reference)
    wanted = select(Issue.id, Issue.unit_path).where(getattr(Issue, key) == value)
    row = session.execute(wanted).one_or_none()
    if row is None or not who.covers(row.unit_path):
        raise NotFound()
    return row.id


def locked(session: Session, reference: str, who: Principal, with_it: ColumnElement[Any]) -> tuple[Issue, Any]:
    """The issue, locked until this transaction ends, and a value read along with it; raises NotFound."""
    key, value = key_of(reference)
    wanted = select(Issue, with_it).where(getattr(Issue, key) == value).with_for_update(of=Issue, key_share=True)
    found = session.execute(wanted).one_or_none()
    if found is None or not who.covers(found[0].unit_path):
        raise NotFound()
    return found[0], found[1]


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of the issues that the client may see, newest first; `filters` is what IssueFilters loads.

    Raises BadInput naming `unit`, `category`, `q` or `cursor`.
    """
    read_only(session)
    asked = paths_of(session, filters["unit"]) if "unit" in filters else None
    places = sorted(narrowed(who.territories, asked), key=depth_of)
    values = _given(filters)
    if "category" in filters:
        check_known(session, filters["category"])
    if not places:
        return {"items": [], "next_cursor": None}
    shape = Shape(tuple(name for name in GIVEN if name in values), tuple(map(depth_of, places)))
    values |= {f"place_{number}": place for number, place in enumerate(places)} | {"last": filters["limit"] + 1}
    rows = _rows(session, shape, values)
    limit, next_cursor = filters["limit"], None
    if len(rows) > limit:
        rows = rows[:limit]
        last = listed(*rows[-1])
        next_cursor = encode_cursor([last["reported_at"], last["id"]])
    return {"items": [listed(*row) for row in rows], "next_cursor": next_cursor}


def _rows(session: Session, shape: Shape, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    if "q" not in values:
        return statement(shape).rows(session, values)
    rows = statement(shape._replace(search="newest")).rows(session, values)
    if len(rows) < values["last"]:
        rows = statement(shape._replace(search="index")).rows(session, values)
    return rows


def _given(filters: dict[str, Any]) -> dict[str, Any]:
    """The parameters that the filters ask for."""
    values = {name: filters[name] for name in _EQUAL if name in filters}
    if "reported_from" in filters:
        values["reported_from"] = _midnight(filters["reported_from"])
    if "reported_to" in filters:
        values["reported_before"] = _midnight(filters["reported_to"] + timedelta(days=1))
    if filters["cursor"]:
        values["cursor_at"], values["cursor_id"] = decode_cursor(filters["cursor"], (datetime, UUID))
    if "q" in filters:
        code = filters["q"].upper()
        if rules.CODE.fullmatch(code):
            values["code"] = code
        else:
            values["q"] = query_of(filters["q"])
            if not values["q"]:
                raise BadInput("Type at least one letter or digit.", field="q")
    return values


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _detail(key: str, *, with_reporter: bool) -> Select[*tuple[Any, ...]]:
    column = getattr(Issue, key)
    same = column == bindparam("reference", type_=column.type)
    if not with_reporter:
        return select(*DETAILED).where(same)
    reporter = (Reporter.issue_id, Reporter.name, Reporter.contact)
    return select(*DETAILED, *reporter).outerjoin(Reporter, Reporter.issue_id == Issue.id).where(same)


_DETAIL = {
    (key, shown): Prepared(partial(_detail, key, with_reporter=shown))
    for key in ("id", "code")
    for shown in (False, True)
}
