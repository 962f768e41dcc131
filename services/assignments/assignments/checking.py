"""Whether somebody may hold a post for a place in a time."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from services.assignments.assignments.model import Assignment, Place, territory_of
from services.assignments.officials.model import Official
from services.assignments.posts import queries as posts
from services.assignments.posts.model import Post
from services.assignments.units.model import Unit
from services.assignments.validity import is_valid, overlapping
from shared.errors import BadInput, Conflict


def check_post(session: Session, code: str, since: date) -> None:
    """Raises BadInput naming `post` for one that is not in force on the first day."""
    if not posts.is_in_force(session, code, since):
        raise BadInput(f"This post is not in force on {since}.", field="post")


def check_place(place: Place, since: date, field: str) -> None:
    """Raises BadInput naming `field` for a place that is not there on the first day."""
    if not is_valid(place, since):
        raise BadInput(f"There is no {place.name} on {since}.", field=field)


def lock_places(session: Session, territory_ids: Iterable[UUID]) -> None:
    """Two requests about the holders of places in one territory take turns. Lock officials before."""
    wanted = select(Unit.id).where(Unit.id.in_(sorted(set(territory_ids)))).order_by(Unit.id)
    session.execute(wanted.with_for_update(key_share=True))


def check_free(
    session: Session,
    person: Official,
    post: Post,
    place: Place,
    since: date,
    until: date | None,
    own: UUID | None = None,
) -> None:
    """Raises Conflict naming `valid_from` when the official (locked before) holds that post there in that time
    already, naming `official` when another one does and the post is one that only one may hold. `own`: an
    assignment left out of sight."""
    if since == until:
        return  # it never takes effect
    if not post.several:
        lock_places(session, [territory_of(place).id])
    held = select(Assignment).where(
        Assignment.post_code == post.code,
        Assignment.place_id == place.id,
        overlapping(Assignment, since, until),
    )
    if own is not None:
        held = held.where(Assignment.id != own)
    if post.several:
        held = held.where(Assignment.official_id == person.id)
    for each in session.scalars(held.options(joinedload(Assignment.official)).order_by(Assignment.valid_from)):
        if each.official_id == person.id:
            raise Conflict("This official holds this post there in that time already.", field="valid_from")
        raise Conflict(said_held(each), field="official")


def said_held(held: Assignment) -> str:
    """That a post only one may hold is held."""
    until = f" until {held.valid_to}" if held.valid_to else ""
    return f"{held.official.full_name} holds this post there from {held.valid_from}{until}; only one official may."
