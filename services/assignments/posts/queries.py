"""Reading posts and their rules."""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.assignments.posts.model import Post, PostRule
from services.assignments.units.model import Level, Unit
from services.assignments.validity import valid_on
from shared.errors import NotFound
from shared.prepared import Prepared
from shared.web.paging import paginate

# Every post with each of its rules: one small statement, so nothing has to be cached.
WITH_RULES = select(
    Post.code,
    Post.name_vi,
    Post.name_en,
    Post.attached_to,
    Post.several,
    Post.version,
    PostRule.above,
    PostRule.step,
    PostRule.position,
    PostRule.required,
    PostRule.source,
    PostRule.valid_from,
    PostRule.valid_to,
).join(PostRule, PostRule.post_code == Post.code)
_WITH_RULES = Prepared(lambda: WITH_RULES)


def with_rules(session: Session) -> list[Any]:
    """All of them, of all times."""
    return _WITH_RULES.named(session, {})


def on(session: Session, day: date) -> list[Any]:
    """Those in force on a day, by code."""
    return list(session.execute(_in_force(day).order_by(Post.code)).all())


def page(session: Session, day: date, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the posts in force on a day, by code."""
    return paginate(session, _in_force(day), Post.code, scalars=False, limit=limit, cursor=cursor)


def one(session: Session, code: str, day: date) -> dict[str, Any]:
    """A post with the rule that holds on a day, or else the next one, or else the last; raises NotFound."""
    rules = session.execute(WITH_RULES.where(Post.code == code).order_by(PostRule.valid_from)).mappings().all()
    if not rules:
        raise NotFound()
    coming = (rule for rule in rules if rule.valid_to is None or rule.valid_to > day)
    return dict(next(coming, rules[-1]))


def is_in_force(session: Session, code: str, day: date) -> bool:
    """Whether the post may be held from that day on."""
    rule = select(PostRule.post_code).where(PostRule.post_code == code, valid_on(PostRule, day))
    return session.scalar(rule) is not None


def levels(session: Session) -> list[str]:
    """The codes of all levels, from the top."""
    return list(session.scalars(select(Level.code).order_by(Level.rank)))


def present(session: Session) -> dict[str, tuple[date, date]]:
    """From when until when there are units of each level; the end of open ones is the last of all days."""
    ends = func.max(func.coalesce(Unit.valid_to, date.max))
    rows = session.execute(select(Unit.level, func.min(Unit.valid_from), ends).group_by(Unit.level)).all()
    return {level: (since, until) for level, since, until in rows}


def _in_force(day: date) -> Select[*tuple[Any, ...]]:
    return WITH_RULES.where(valid_on(PostRule, day))
