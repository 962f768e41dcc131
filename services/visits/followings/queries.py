"""Who follows a place, and what a person follows."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from services.visits.followings.model import FollowedCluster, Following
from services.visits.followings.rules import CLUSTER, Followed, Holder, communes_on
from services.visits.officials.model import Official
from services.visits.units.queries import paths_of
from services.visits.units.rules import prefixes
from shared import clock
from shared.web.auth import Principal, territory_filter
from shared.web.paging import decode_cursor, encode_cursor

_NAME = func.coalesce(Official.full_name, Following.full_name).label("name")


def holders(session: Session, unit_path: str, on: date, posts: Iterable[str] | None = None) -> list[Holder]:
    """Everybody active whose assignment covers a unit on a day: its own follower, those above it, the overseer of
    the cluster that holds it, the followers of its hamlets. Nearest first, then by post and name."""
    wanted = _in_force(on).where(Following.unit_path.in_(prefixes(unit_path)))
    if posts is not None:
        wanted = wanted.where(Following.post.in_(list(posts)))
    found = [each for each in _read(session, wanted, on) if each.covers(unit_path)]
    found.sort(key=lambda each: (-len(each.unit_path), each.post, each.full_name, each.following_id))
    return [
        Holder(
            each.official_id,
            each.full_name,
            each.post,
            each.post_name_vi,
            each.post_name_en,
            each.unit_path,
            each.hamlet_id,
        )
        for each in found
    ]


def people(holders_: Sequence[Holder]) -> list[tuple[UUID, str]]:
    """The persons, each once, as reminders take them."""
    return list({each.official_id: each.full_name for each in holders_}.items())


def followed(session: Session, official_id: UUID, on: date) -> list[Followed]:
    """What an active official follows on a day, by path."""
    return _read(session, _in_force(on).where(Following.official_id == official_id), on)


def in_force(session: Session, on: date, *conditions: ColumnElement[bool]) -> list[Followed]:
    """Every following of an active official in force on a day under conditions on `Following`, by path."""
    return _read(session, _in_force(on).where(*conditions), on)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of followings on a day, by assignment. Those from above are shown to who may see the unit: whom a
    commune can turn to is no secret to it. Raises BadInput naming `unit`."""
    on, conditions = filters.get("at") or clock.today(), []
    if "official" in filters:
        conditions.append(Following.official_id == filters["official"])
    paths = [path for path in paths_of(session, filters["unit"]) if who.covers(path)] if "unit" in filters else None
    if paths is None:
        conditions.append(territory_filter(Following.unit_path, who))
    else:
        conditions.append(Following.unit_path.in_({each for path in paths for each in prefixes(path)}))
    found = in_force(session, on, *conditions)
    if paths is not None:
        found = [each for each in found if any(each.covers(path) for path in paths)]
    found.sort(key=lambda each: each.following_id)
    if filters["cursor"]:
        (after,) = decode_cursor(filters["cursor"], (UUID,))
        found = [each for each in found if each.following_id > after]
    items = found[: filters["limit"]]
    next_cursor = encode_cursor([items[-1].following_id]) if len(found) > len(items) else None
    return {"items": items, "next_cursor": next_cursor}


def _in_force(on: date) -> Select[*tuple[Any, ...]]:
    """Followings of that day; one told of before its official is known counts as of an active one."""
    return (
        select(Following, FollowedCluster.communes, _NAME)
        .outerjoin(Official, Official.id == Following.official_id)
        .outerjoin(
            FollowedCluster,
            and_(
                Following.attached_to == CLUSTER,
                FollowedCluster.id == Following.place_id,
                FollowedCluster.valid_from <= on,
                or_(FollowedCluster.valid_to.is_(None), FollowedCluster.valid_to > on),
            ),
        )
        .where(
            Following.valid_from <= on,
            or_(Following.valid_to.is_(None), Following.valid_to > on),
            func.coalesce(Official.active, True),
        )
        .order_by(Following.unit_path, Following.id)
    )


def _read(session: Session, statement: Select[*tuple[Any, ...]], on: date) -> list[Followed]:
    return [
        Followed(
            row.id,
            row.official_id,
            name,
            row.post,
            row.post_name_vi,
            row.post_name_en,
            row.attached_to,
            row.place_id,
            row.place_name,
            row.unit_path,
            row.hamlet_id,
            communes_on(communes or (), on),
            row.valid_from,
            row.valid_to,
        )
        for row, communes, name in session.execute(statement)
    ]
