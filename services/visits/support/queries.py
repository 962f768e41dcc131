"""Reading support: purposes, single contributions, lists, totals."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from services.visits.support.model import Contribution, Purpose
from services.visits.support.rules import By, Kind
from services.visits.units.model import Unit
from services.visits.units.queries import Place, named, paths_of
from services.visits.units.rules import depth_of
from shared.errors import BadInput, NotFound
from shared.text import fold
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_EQUAL = {"purpose": Contribution.purpose, "kind": Contribution.kind, "official": Contribution.official_id}


def purposes(session: Session) -> Sequence[Purpose]:
    """All purposes in the order they are shown."""
    return session.scalars(select(Purpose).order_by(Purpose.position, Purpose.code)).all()


def check_purpose(session: Session, code: str) -> None:
    """Raises BadInput naming `purpose` if support cannot have it."""
    if not session.scalar(select(Purpose.active).where(Purpose.code == code)):
        raise BadInput("There is no such purpose in use; GET /support-purposes lists them.", field="purpose")


def beneficiary(session: Session, reference: str, on: date) -> Place:
    """The unit of any level that had this code or id on that day; raises BadInput naming `unit`."""
    places = named(session, reference)
    if not places:
        raise BadInput("There is no unit with this code or id.", field="unit")
    place = next((each for each in places if each.unit.exists_on(on)), None)
    if place is None:
        raise BadInput(f"This unit was not there on {on:%d/%m/%Y}.", field="unit")
    return place


def one(session: Session, contribution_id: UUID, who: Principal, *, locked: bool = False) -> Contribution:
    """A contribution inside the territory; raises NotFound."""
    statement = select(Contribution).where(Contribution.id == contribution_id)
    found = session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None or not who.covers(found.unit_path):
        raise NotFound()
    return found


def shown(session: Session, found: Sequence[Contribution]) -> list[dict[str, Any]]:
    """Contributions as the API shows them, each with what corrected it."""
    ids = [each.id for each in found if each.voided_at]
    corrected = select(Contribution.corrects, Contribution.id).where(Contribution.corrects.in_(ids))
    corrected_by = {row.corrects: row.id for row in session.execute(corrected)} if ids else {}
    return [_shown(each) | {"corrected_by": corrected_by.get(each.id)} for each in found]


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of contributions, the latest first; `filters` is what ContributionFilters loads."""
    statement = select(Contribution).where(*_wanted(session, filters, who))
    if not filters["voided"]:
        statement = statement.where(Contribution.voided_at.is_(None))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, Contribution.given_on, Contribution.id, descending=True, **paging)
    return found | {"items": shown(session, found["items"])}


def totals(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of sums of what was not voided, by `filters["by"]`; see TotalsFilters."""
    key = _key(session, filters).label("key")
    money, goods = Contribution.kind == Kind.MONEY, Contribution.kind == Kind.GOODS
    sums = (
        select(
            key,
            func.count().label("contributions"),
            func.count().filter(goods).label("gifts_of_goods"),
            func.count(Contribution.sponsor_folded.distinct()).label("sponsors"),
            func.coalesce(func.sum(Contribution.amount).filter(money), 0).label("money"),
            func.coalesce(func.sum(Contribution.estimated_value).filter(goods), 0).label("goods_estimated"),
        )
        .where(Contribution.voided_at.is_(None), *_wanted(session, filters, who))
        .group_by(key)
        .subquery()
    )
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, select(sums), sums.c.key, scalars=False, **paging)
    names = _names(session, filters["by"], [row["key"] for row in found["items"]])
    return found | {"items": [_total(row, names.get(row["key"])) for row in found["items"]]}


def _wanted(session: Session, filters: dict[str, Any], who: Principal) -> list[ColumnElement[bool]]:
    wanted = [territory_filter(Contribution.unit_path, who)]
    wanted += [column == filters[name] for name, column in _EQUAL.items() if name in filters]
    if "unit" in filters:
        paths = paths_of(session, filters["unit"])
        wanted.append(or_(*(Contribution.unit_path.startswith(path, autoescape=True) for path in paths)))
    if "given_from" in filters:
        wanted.append(Contribution.given_on >= filters["given_from"])
    if "given_to" in filters:
        wanted.append(Contribution.given_on <= filters["given_to"])
    for word in fold(filters.get("sponsor", "")).split():
        wanted.append(Contribution.sponsor_folded.contains(word, autoescape=True))
    return wanted


def _key(session: Session, filters: dict[str, Any]) -> ColumnElement[str]:
    if filters["by"] == By.PURPOSE:
        return Contribution.purpose.expression
    if filters["by"] == By.MONTH:
        return func.to_char(Contribution.given_on, "YYYY-MM")
    depth = filters.get("depth")
    if depth is None:  # one below what is asked for
        asked = paths_of(session, filters["unit"]) if "unit" in filters else [""]
        depth = min(map(depth_of, asked)) + 1
    return func.substring(Contribution.unit_path, literal(f"^(?:[^/]*/){{1,{depth}}}"))


def _names(session: Session, by: By, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The Vietnamese and English name of each key."""
    if by == By.PURPOSE:
        return {each.code: (each.name_vi, each.name_en) for each in purposes(session)}
    if by == By.MONTH:
        return {key: (f"Tháng {key[5:]}/{key[:4]}", key) for key in keys}
    statement = select(Unit.path, Unit.name).where(Unit.path.in_(keys)).order_by(Unit.valid_from)
    return {path: (name, name) for path, name in session.execute(statement)}  # the latest name stays


def _total(row: Any, name: tuple[str, str] | None) -> dict[str, Any]:
    vi, en = name or (row["key"], row["key"])
    sums = {each: int(row[each]) for each in ("money", "goods_estimated")}
    return {**row, **sums, "name_vi": vi, "name_en": en}


def _shown(each: Contribution) -> dict[str, Any]:
    same = (
        "id", "kind", "amount", "goods", "measure", "estimated_value", "purpose", "given_on", "document_number",
        "note", "corrects", "recorded_at", "recorded_by",
    )  # fmt: skip
    voided = {"at": each.voided_at, "by": each.voided_by, "reason": each.void_reason}
    return {
        **{name: getattr(each, name) for name in same},
        "quantity": each.quantity,
        "unit": {"id": each.unit_id, "code": each.unit_code, "name": each.unit_name, "path": each.unit_path},
        "sponsor": {"name": each.sponsor_name, "kind": each.sponsor_kind},
        "official": {"id": each.official_id, "full_name": each.official_name},
        "voided": voided if each.voided_at else None,
    }
