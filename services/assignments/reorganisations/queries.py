"""Reading plans. They are for whose territory is everything: a plan moves what lies in many."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.assignments.reorganisations.model import Item, ListedUnit, Reorganisation
from services.assignments.reorganisations.rules import Outcome, State, Subject
from shared.errors import NotFound, RuleBroken
from shared.web.auth import Principal
from shared.web.paging import paginate

_NAMED_AT_MOST = 100
_DECIDABLE = (Subject.UNIT, Subject.HAMLET, Subject.ASSIGNMENT)


def page(session: Session, paging: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of all of them, newest first; none for who may not see them."""
    statement = select(Reorganisation)
    if not who.covers(""):
        statement = statement.where(False)  # type: ignore[arg-type]
    return paginate(session, statement, Reorganisation.id, descending=True, **paging)


def one(session: Session, plan_id: UUID, who: Principal, *, lock: bool = False) -> Reorganisation:
    """One of them, locked if it is to be changed; raises NotFound."""
    found = session.get(Reorganisation, plan_id, with_for_update=lock or None) if who.covers("") else None
    if found is None:
        raise NotFound()
    return found


def items(session: Session, plan: Reorganisation, filters: dict[str, Any]) -> dict[str, Any]:
    """One page of the items of a plan, in the order they were drafted."""
    statement = select(Item).where(Item.reorganisation_id == plan.id)
    for name in ("kind", "outcome"):
        if filters[name]:
            statement = statement.where(getattr(Item, name) == filters[name])
    if filters["undecided"]:
        statement = statement.where(Item.needs_decision, Item.decided_at.is_(None))
    return paginate(session, statement, Item.id, limit=filters["limit"], cursor=filters["cursor"])


def item(session: Session, plan: Reorganisation, item_id: UUID, *, lock: bool = False) -> Item:
    """One item of a plan; raises NotFound."""
    found = session.get(Item, item_id, with_for_update=lock or None)
    if found is None or found.reorganisation_id != plan.id:
        raise NotFound()
    return found


def changeable(plan: Reorganisation) -> None:
    """Raises RuleBroken for a plan that was carried out."""
    if plan.state != State.PLANNED:
        raise RuleBroken("It has been applied; only a plan can be changed.", state=plan.state)


def report(session: Session, plan: Reorganisation) -> dict[str, Any]:
    """The dry run: how many of what move, split, end; what is left to decide; the units that stand alone."""
    counted = session.execute(
        select(
            Item.kind,
            Item.outcome,
            func.count(),
            func.count().filter(Item.needs_decision, Item.decided_at.is_(None)),
        )
        .where(Item.reorganisation_id == plan.id)
        .group_by(Item.kind, Item.outcome)
        .order_by(Item.kind, Item.outcome)
    ).all()
    return {
        "id": plan.id,
        "state": plan.state,
        "effective_on": plan.effective_on,
        "ending": plan.counts["ending"],
        "beginning": plan.counts["beginning"],
        "items": [
            {"kind": kind, "outcome": outcome, "count": count, "undecided": undecided}
            for kind, outcome, count, undecided in counted
        ],
        "undecided": sum(undecided for *_, undecided in counted),
        "unmapped": _unmapped(session, plan),
        "without_predecessor": _without_predecessor(session, plan),
        "not_known_here": plan.counts["not_known_here"],
        "not_taken": plan.counts["not_taken"],
    }


def _unmapped(session: Session, plan: Reorganisation) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Item)
        .where(Item.reorganisation_id == plan.id, Item.kind == Subject.UNIT, Item.outcome == Outcome.UNMAPPED)
        .order_by(Item.details["code"].astext)
        .limit(_NAMED_AT_MOST)
    )
    return [{"code": each.details["code"], "name": each.label, "goes_to": each.code} for each in found]


def _without_predecessor(session: Session, plan: Reorganisation) -> list[dict[str, Any]]:
    of_plan = ListedUnit.reorganisation_id == plan.id
    parents = select(ListedUnit.parent_code).where(of_plan)
    found = session.scalars(
        select(ListedUnit)
        .where(of_plan, ListedUnit.predecessors == 0, ListedUnit.code.not_in(parents))
        .order_by(ListedUnit.code)
        .limit(_NAMED_AT_MOST)
    )
    return [{"code": each.code, "name": each.name} for each in found]
