"""Changing posts: what they are, and the rules that hold of them from a day on."""

from datetime import date
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from services.assignments.posts import checking, queries
from services.assignments.posts.model import Post, PostRule
from shared import clock
from shared.errors import Conflict, Forbidden
from shared.web.auth import Principal

_ABOUT = ("name_vi", "name_en", "several")
_RULE = ("above", "step", "position", "required", "source")


def add_post(session: Session, who: Principal, *, code: str, attached_to: str, **given: Any) -> dict[str, Any]:
    """Add a post, in force from a day on (today if `valid_from` is None). `given`: name_vi, name_en, several,
    above, step, position, required, source, valid_from. Raises Forbidden, Conflict, BadInput naming what cannot
    be."""
    check_everywhere(who)
    checking.take_turns(session)
    since = given["valid_from"] or clock.today()
    if session.get(Post, code) is not None:
        raise Conflict("There is a post with this code already.", field="code")
    about = {name: given[name] for name in (*_ABOUT, "source")}
    rule = {name: given[name] for name in _RULE}
    checking.check(session, checking.planned(session, code, attached_to, since, rule), since, {code})
    session.add(Post(code=code, attached_to=attached_to, version=1, **about))
    session.flush()
    write_rule(session, code, since, rule)
    return queries.one(session, code, since)


def change_post(session: Session, who: Principal, post: Post, changes: dict[str, Any]) -> dict[str, Any]:
    """Change what is given (keys of PostChange). The rule holds from `valid_from` on (today if None) and takes the
    place of what was planned for later; what held before stays. Raises Forbidden, BadInput."""
    check_everywhere(who)
    checking.take_turns(session)
    since = changes.get("valid_from") or clock.today()
    for name in _ABOUT:
        setattr(post, name, changes.get(name, getattr(post, name)))
    before = queries.one(session, post.code, since)
    rule = {name: changes.get(name, before[name]) for name in _RULE}
    planned = checking.planned(session, post.code, post.attached_to, since, rule)
    checking.check(session, planned, since, {post.code})
    write_rule(session, post.code, since, rule)
    post.version += 1
    return queries.one(session, post.code, since)


def check_everywhere(who: Principal) -> None:
    """Raises Forbidden for a client whose territory is not the whole country: posts are the same everywhere."""
    if not who.covers(""):
        raise Forbidden("The rules of posts hold everywhere; your territory does not.")


def write_rule(session: Session, code: str, since: date, rule: dict[str, Any] | None) -> None:
    """From a day on this holds of a post (None: it is not in force), in the place of all that was planned later."""
    mine = PostRule.post_code == code
    session.execute(delete(PostRule).where(mine, PostRule.valid_from >= since))
    lasts = or_(PostRule.valid_to.is_(None), PostRule.valid_to > since)
    session.execute(update(PostRule).where(mine, lasts).values(valid_to=since))
    if rule is not None:
        session.add(PostRule(post_code=code, valid_from=since, valid_to=None, **rule))
        session.flush()
