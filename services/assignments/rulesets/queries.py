"""Reading the rules in force as one document, and what was applied."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from services.assignments.assignments.model import Assignment
from services.assignments.mandates.model import PostCharge, PostScope
from services.assignments.posts import queries as posts
from services.assignments.rulesets import rules
from services.assignments.rulesets.model import RuleApplication
from shared.web.paging import paginate


def document(session: Session, day: date) -> list[dict[str, Any]]:
    """The posts in force on a day, as a rule set has them, the one above first."""
    scopes = {each.post_code: each for each in session.scalars(select(PostScope))}
    charges: dict[str, list[PostCharge]] = defaultdict(list)
    order = (PostCharge.position, PostCharge.code)
    for charge in session.scalars(select(PostCharge).where(PostCharge.active).order_by(*order)):
        charges[charge.post_code].append(charge)
    return [
        {
            **{name: getattr(post, name) for name in ("code", "attached_to", *rules.ABOUT, *rules.RULE)},
            "scope": _named(scopes.get(post.code), rules.SCOPE),
            "cadences": None,
            "charges": [_named(each, ("code", *rules.CHARGE)) for each in charges[post.code]],
        }
        for post in posts.on(session, day)
    ]


def held_after(session: Session, codes: Collection[str], since: date) -> dict[str, int]:
    """How many assignments to these posts last beyond a day, or begin after it."""
    count = select(Assignment.post_code, func.count()).where(*_lasting(codes, since))
    rows = session.execute(count.group_by(Assignment.post_code)).all() if codes else ()
    return {code: number for code, number in rows}


def lasting(session: Session, codes: Collection[str], since: date) -> list[Assignment]:
    """Those assignments, locked, with what is told of them."""
    wanted = select(Assignment.id).where(*_lasting(codes, since)).order_by(Assignment.id)
    ids = session.scalars(wanted.with_for_update(key_share=True)).all()
    names = ("official", "post", "unit", "cluster", "hamlet", "territory")
    options = [joinedload(getattr(Assignment, name)) for name in names]
    loaded = select(Assignment).where(Assignment.id.in_(ids)).options(*options)
    return list(session.scalars(loaded.execution_options(populate_existing=True)))


def applications(session: Session, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of what was applied, the latest first."""
    return paginate(
        session, select(RuleApplication), RuleApplication.id, limit=limit, cursor=cursor, descending=True
    )


def _lasting(codes: Collection[str], since: date) -> tuple[Any, ...]:
    lasts = or_(Assignment.valid_to.is_(None), Assignment.valid_to > since)
    # One that ended on its first day never took effect.
    real = or_(Assignment.valid_to.is_(None), Assignment.valid_to > Assignment.valid_from)
    return Assignment.post_code.in_(codes), lasts, real


def _named(row: Any, names: Collection[str]) -> Any:
    return row and {name: getattr(row, name) for name in names}
