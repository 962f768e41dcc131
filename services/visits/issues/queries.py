"""Finding issues: one by id or code, and lists, newest first."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from services.visits.categories.queries import with_below
from services.visits.issues import rules
from services.visits.issues.listing import newest
from services.visits.issues.model import Issue
from services.visits.issues.reading import DETAILED, LISTED, detailed, listed
from services.visits.issues.rules import Sensitivity
from services.visits.units.queries import paths_of
from services.visits.units.rules import depth_of, narrowed
from shared.clock import LOCAL
from shared.database import each_commits
from shared.errors import BadInput, NotFound
from shared.prepared import Prepared
from shared.search import query_of
from shared.web.auth import Principal
from shared.web.paging import decode_cursor, encode_cursor

SEES_RESTRICTED = "visits:write"
_EQUAL = ("state", "kind", "category", "severity", "handler", "sensitivity")


def detail(session: Session, reference: str, who: Principal) -> dict[str, Any]:
    """An issue in full as the API shows it; raises NotFound, also outside the territory."""
    each_commits(session)
    return in_full(session, reference, who)


def in_full(session: Session, reference: str, who: Principal) -> dict[str, Any]:
    """The same within a transaction that writes."""
    key, value = key_of(reference)
    row = _DETAIL[key].row(session, {"reference": value})
    if row is None:
        raise NotFound()
    issue = detailed(listed(*row[: len(LISTED)]), *row[len(LISTED) :])
    if not visible(issue["unit"]["path"], issue["sensitivity"], who):
        raise NotFound()
    return issue


def visible(path: str, sensitivity: str, who: Principal) -> bool:
    """May the client see an issue of this place and sensitivity?"""
    return who.covers(path) and (sensitivity == Sensitivity.NORMAL or who.may(SEES_RESTRICTED))


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
    wanted = select(Issue.id, Issue.unit_path, Issue.sensitivity).where(getattr(Issue, key) == value)
    row = session.execute(wanted).one_or_none()
    if row is None or not visible(row.unit_path, row.sensitivity, who):
        raise NotFound()
    return row.id


def locked(session: Session, reference: str, who: Principal, with_it: ColumnElement[Any]) -> tuple[Issue, Any]:
    """The issue, locked until this transaction ends, and a value read along with it; raises NotFound."""
    key, value = key_of(reference)
    wanted = select(Issue, with_it).where(getattr(Issue, key) == value).with_for_update(of=Issue, key_share=True)
    found = session.execute(wanted).one_or_none()
    if found is None or not visible(found[0].unit_path, found[0].sensitivity, who):
        raise NotFound()
    return found[0], found[1]


def for_move(session: Session, reference: str, into: str | None, who: Principal) -> tuple[Issue, Issue | None]:
    """The issue, and the one it is merged into if one is named, locked until this transaction ends, in the order of
    their ids. Raises NotFound, BadInput naming `into`."""
    wanted = [key_of(reference)]
    try:
        wanted += [key_of(into)] if into else []
    except NotFound as error:
        raise BadInput("There is no such issue.", field="into") from error
    same = [getattr(Issue, key) == value for key, value in wanted]
    statement = select(Issue).where(or_(*same)).order_by(Issue.id).with_for_update(key_share=True)
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    found = [each for each in rows if visible(each.unit_path, each.sensitivity, who)]
    named = [next((each for each in found if getattr(each, key) == value), None) for key, value in wanted]
    if named[0] is None:
        raise NotFound()
    if not into:
        return named[0], None
    if named[1] is None or named[1] is named[0]:
        raise BadInput("There is no such issue, or it is this one.", field="into")
    return named[0], named[1]


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of the issues that the client may see, newest first; `filters` is what IssueFilters loads.

    Raises BadInput naming `unit`, `category`, `q` or `cursor`.
    """
    each_commits(session)
    asked = paths_of(session, filters["unit"]) if "unit" in filters else None
    places = sorted(narrowed(who.territories, asked), key=depth_of)
    values = _given(filters)
    if not who.may(SEES_RESTRICTED):
        values["sensitivity"] = Sensitivity.NORMAL
    if "category" in filters:
        wanted = with_below(session, filters["category"])
        if len(wanted) > 1:
            del values["category"]
            values["categories"] = wanted
    if not places:
        return {"items": [], "next_cursor": None}
    limit, next_cursor = filters["limit"], None
    rows = newest(session, values, places, limit + 1)
    if len(rows) > limit:
        rows = rows[:limit]
        last = listed(*rows[-1])
        next_cursor = encode_cursor([last["reported_at"], last["id"]])
    return {"items": [listed(*row) for row in rows], "next_cursor": next_cursor}


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


def _detail(key: str) -> Select[*tuple[Any, ...]]:
    column = getattr(Issue, key)
    return select(*DETAILED).where(column == bindparam("reference", type_=column.type))


_DETAIL = {key: Prepared(partial(_detail, key)) for key in ("id", "code")}
