"""Who is in the audience of a directive: those who hold a post it is for, in the order of their ids."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.directives.model import Directive
from services.notifications.holders.model import Holder
from services.notifications.holders.queries import holds_today


def _held(directive: Directive) -> list[Any]:
    """The assignments it is for; of officials known to be active, or not known yet."""
    gone = exists().where(Contact.official_id == Holder.official_id, Contact.active.is_(False))
    conditions = [holds_today(), Holder.unit_path.startswith(directive.unit_path, autoescape=True), ~gone]
    if directive.posts:
        conditions.append(Holder.post.in_(directive.posts))
    if directive.levels:
        conditions.append(Holder.attached_to.in_(directive.levels))
    return conditions


def size(session: Session, directive: Directive) -> int:
    """How many officials it is for."""
    statement = select(func.count(func.distinct(Holder.official_id))).where(*_held(directive))
    return int(session.scalar(statement) or 0)


def next_of(session: Session, directive: Directive, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The next officials it is for, each once with all posts it is for and the place where they are counted: the
    one that stands first, by path."""
    officials = select(Holder.official_id).distinct().where(*_held(directive))
    if after is not None:
        officials = officials.where(Holder.official_id > after)
    wanted = officials.order_by(Holder.official_id).limit(limit).subquery()
    names = (
        "official_id", "full_name", "post", "post_name_vi", "post_name_en", "place_name", "unit_path",
        "legal_basis",
    )  # fmt: skip
    statement = (
        select(*(getattr(Holder, name) for name in names))
        .join(wanted, wanted.c.official_id == Holder.official_id)
        .where(*_held(directive))
        .order_by(Holder.official_id, Holder.unit_path, Holder.post)
    )
    return _by_official(session.execute(statement).all())


def _by_official(rows: Sequence[Any]) -> list[dict[str, Any]]:
    people: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        person = people.setdefault(
            row.official_id,
            {
                "official_id": row.official_id,
                "full_name": row.full_name,
                "unit_path": row.unit_path,
                "place": row.place_name,
                "reasons": [],
            },
        )
        person["reasons"].append(
            {
                "post": row.post,
                "post_name_vi": row.post_name_vi,
                "post_name_en": row.post_name_en,
                "place": row.place_name,
                "legal_basis": row.legal_basis,
                "standing_in_for": None,
                "substitute_for": None,
            }
        )
    return list(people.values())


def unknown_posts(session: Session, posts: Sequence[str]) -> list[str]:
    """Those of these posts that nobody holds or held."""
    known = set(
        session.scalars(select(Holder.post).distinct().where(or_(*(Holder.post == each for each in posts))))
    )
    return [each for each in posts if each not in known]
