"""Finding those who hold posts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.holders.model import Holder
from shared import clock
from shared.text import fold

AT_MOST = 30


def holds_today() -> ColumnElement[bool]:
    """The assignment is in force."""
    today = clock.today()
    return (Holder.valid_from <= today) & or_(Holder.valid_to.is_(None), Holder.valid_to > today)


def colleagues(
    session: Session, path: str, q: str | None = None, *, besides: UUID, official: UUID | None = None
) -> list[dict[str, Any]]:
    """Officials who hold a post in the province of the unit with this path and can be told: those of that name or,
    without `q`, those responsible for the unit itself; at most `AT_MOST`, by name. `official`: only this one."""
    province = path.split("/", 1)[0] + "/"
    posts = func.json_agg(
        func.json_build_object(
            "post_name_vi", Holder.post_name_vi, "post_name_en", Holder.post_name_en, "place", Holder.place_name
        )
    )
    statement = (
        select(Contact.official_id, Contact.full_name, posts.label("posts"))
        .join(Holder, Holder.official_id == Contact.official_id)
        .where(Contact.active, Contact.official_id != besides, holds_today())
        .where(Holder.unit_path.startswith(province, autoescape=True))
    )
    if official is not None:
        statement = statement.where(Contact.official_id == official)
    elif q:
        statement = statement.where(Holder.folded.contains(fold(q), autoescape=True))
    else:
        statement = statement.where(literal(path).startswith(Holder.unit_path))
    statement = statement.group_by(Contact.official_id).order_by(Contact.full_name, Contact.official_id)
    return [dict(row) for row in session.execute(statement.limit(AT_MOST)).mappings()]
