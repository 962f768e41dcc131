"""Reading campaigns: how far each is, what is decided, and what was."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from services.assignments.assignments.model import Assignment
from services.assignments.documents.queries import visible
from services.assignments.officials import queries as officials
from services.assignments.reviews.model import Campaign, Decided, Item
from services.assignments.reviews.rules import UNDECIDED, Decision, State, is_overdue
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_DECIDED = func.count(Item.decision)
_HELD = ("official", "unit", "cluster", "hamlet")


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of campaigns inside the territory or around it, the newest first."""
    statement = select(Campaign).join(Campaign.unit).where(visible(who))
    statement = statement.options(contains_eager(Campaign.unit), joinedload(Campaign.document))
    if filters["state"]:
        statement = statement.where(Campaign.state == filters["state"])
    if filters["overdue"] is not None:
        late = _overdue()
        statement = statement.where(late if filters["overdue"] else ~late)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, Campaign.id, **paging, descending=True)
    return found | {"items": shown(session, who, *found["items"])}


def one(session: Session, campaign_id: UUID, who: Principal, *, lock: bool = False) -> Campaign:
    """A campaign this client may see, locked if it is to be changed; raises NotFound."""
    statement = select(Campaign).join(Campaign.unit).options(contains_eager(Campaign.unit))
    statement = statement.where(Campaign.id == campaign_id, visible(who))
    if lock:
        statement = statement.with_for_update(of=Campaign, key_share=True).execution_options(populate_existing=True)
    campaign = session.scalars(statement).one_or_none()
    if campaign is None:
        raise NotFound()
    return campaign


def shown(session: Session, who: Principal, *campaigns: Campaign) -> list[dict[str, Any]]:
    """Campaigns with how many assignments each looks at, how many are decided, whether it is overdue, and what
    the client may do."""
    counts = select(Item.campaign_id, func.count(), _DECIDED).group_by(Item.campaign_id)
    ids = [campaign.id for campaign in campaigns]
    found = {row[0]: row[1:] for row in session.execute(counts.where(Item.campaign_id.in_(ids))).all()}
    out = []
    for campaign in campaigns:
        total, decided = found.get(campaign.id, (0, 0))
        late = is_overdue(campaign.state, campaign.deadline, total - decided, clock.today())
        may = campaign.state == State.OPEN and who.may("assignments:write")
        out.append(
            {
                "campaign": campaign,
                "total": total,
                "decided": decided,
                "overdue": late,
                "may_decide": may,
                "may_conclude": may and who.covers(campaign.unit.path),
            }
        )
    return out


def progress(session: Session, campaign: Campaign, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of how far each unit directly below the campaign's is, by path."""
    counts = {each.value: func.count().filter(Item.decision == each).label(each.value) for each in Decision}
    total, decided = func.count().label("total"), _DECIDED.label("decided")
    statement = (
        select(Unit.id, Unit.code, Unit.name, Unit.path, total, decided, *counts.values())
        .join(Item, Item.group_unit_id == Unit.id)
        .where(Item.campaign_id == campaign.id)
        .group_by(Unit.id)
    )
    found = paginate(session, statement, Unit.path, Unit.id, limit=limit, cursor=cursor, scalars=False)
    items = [dict(row) | {"unit": {"id": row.id, "code": row.code, "name": row.name}} for row in found["items"]]
    return found | {"items": items}


def items(session: Session, campaign: Campaign, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of what it looks at inside the client's territory, by unit. Raises BadInput naming `unit`."""
    statement = _items(campaign).where(territory_filter(Unit.path, who))
    if filters["decision"] == UNDECIDED:
        statement = statement.where(Item.decision.is_(None))
    elif filters["decision"]:
        statement = statement.where(Item.decision == filters["decision"])
    if filters["unit"]:
        inside = unit_on(session, filters["unit"], clock.today(), "unit").path
        statement = statement.where(Unit.path.startswith(inside, autoescape=True))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Unit.path, Item.assignment_id, **paging)


def item(session: Session, campaign: Campaign, assignment_id: UUID, who: Principal, *, lock: bool = False) -> Item:
    """One assignment it looks at, inside the client's territory, locked if it is to be changed; raises NotFound."""
    statement = _items(campaign).where(Item.assignment_id == assignment_id, territory_filter(Unit.path, who))
    if lock:
        statement = statement.with_for_update(of=Item).execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def all_items(session: Session, campaign: Campaign) -> list[Item]:
    """Everything it looks at, by assignment."""
    return list(session.scalars(_items(campaign).order_by(Item.assignment_id)))


def history(
    session: Session, campaign: Campaign, who: Principal, *, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of every decision taken in it inside the client's territory, the first ones first, each with the
    name of the official who decided."""
    held = contains_eager(Decided.assignment)
    statement = (
        select(Decided)
        .join(Decided.assignment)
        .join(Assignment.territory)
        .options(held.contains_eager(Assignment.territory), joinedload(Decided.official))
        .options(*(held.joinedload(getattr(Assignment, name)) for name in _HELD))
        .where(Decided.campaign_id == campaign.id, territory_filter(Unit.path, who))
    )
    keys = (Decided.decided_at, Decided.assignment_id, Decided.version)
    found = paginate(session, statement, *keys, limit=limit, cursor=cursor)
    names = officials.names_of(session, {each.decided_by for each in found["items"]})
    items = [{"taken": each, "decided_by_name": names.get(each.decided_by)} for each in found["items"]]
    return found | {"items": items}


def _items(campaign: Campaign) -> Select[Item]:
    about = contains_eager(Item.assignment)
    return (
        select(Item)
        .join(Item.assignment)
        .join(Assignment.territory)
        .options(about.contains_eager(Assignment.territory))
        .options(*(contains_eager(Item.assignment).joinedload(getattr(Assignment, name)) for name in _HELD))
        .options(about.joinedload(Assignment.document), joinedload(Item.official))
        .where(Item.campaign_id == campaign.id)
    )


def _overdue() -> ColumnElement[bool]:
    left = select(Item.assignment_id).where(Item.campaign_id == Campaign.id, Item.decision.is_(None))
    return (Campaign.state == State.OPEN) & (Campaign.deadline < clock.today()) & left.exists()
