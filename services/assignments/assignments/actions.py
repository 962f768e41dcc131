"""Changing assignments."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment, Place, territory_of
from services.assignments.assignments.rules import place_field
from services.assignments.clusters.model import Cluster
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.queries import named
from services.assignments.posts.model import Post
from services.assignments.units.queries import unit_on
from services.assignments.validity import is_valid, overlapping
from shared import clock
from shared.errors import BadInput, Conflict
from shared.web.auth import Principal

# The place as the input names it: a unit by code or id, a cluster or hamlet by id.
Ref = str | UUID | None


def assign(
    session: Session,
    who: Principal,
    *,
    official: UUID,
    post: str,
    legal_basis: str,
    unit: Ref = None,
    cluster: Ref = None,
    hamlet: Ref = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    scope_note: str | None = None,
) -> Assignment:
    """Let an official hold a post for a place. Raises BadInput, Forbidden for a place outside the territory,
    Conflict when the official holds that post there in that time already."""
    since = valid_from or clock.today()
    if valid_to is not None and valid_to <= since:
        raise BadInput("The end must be after the first day.", field="valid_to")
    place = _place(session, _post(session, post), {"unit": unit, "cluster": cluster, "hamlet": hamlet}, since)
    who.check(territory_of(place).path)
    person = named(session, official, who)
    if not person.active:
        raise BadInput("This official is not active.", field="official")
    _check_free(session, official, post, place, since, valid_to)
    assignment = Assignment.to(person, post, place, since, valid_to, legal_basis=legal_basis, scope_note=scope_note)
    session.add(assignment)
    return assignment


def _post(session: Session, code: str) -> Post:
    post = session.get(Post, code)
    if post is None:
        raise BadInput("There is no such post.", field="post")
    return post


def _place(session: Session, post: Post, given: dict[str, Ref], since: date) -> Place:
    field = place_field(post.attached_to)
    for name, ref in given.items():
        if name != field and ref is not None:
            raise BadInput(f"The post {post.code} is held for a {post.attached_to}.", field=name)
    ref = given[field]
    if ref is None:
        raise BadInput(f"The post {post.code} needs a {post.attached_to}.", field=field)
    if field == "unit":
        unit = unit_on(session, ref, since, field)
        if unit.level != post.attached_to:
            raise BadInput(f"The post {post.code} is held for a {post.attached_to}.", field=field)
        return unit
    place: Any = session.get(Cluster if field == "cluster" else Hamlet, ref)
    if place is None or not is_valid(place, since):
        raise BadInput(f"There is no such {field} on {since}.", field=field)
    return place


def _check_free(
    session: Session, official_id: UUID, post: str, place: Place, since: date, until: date | None
) -> None:
    same = select(Assignment.id).where(
        Assignment.official_id == official_id,
        Assignment.post_code == post,
        Assignment.place_id == place.id,
        overlapping(Assignment, since, until),
    )
    if session.scalars(same.limit(1)).first():
        raise Conflict("This official holds this post there in that time already.", field="valid_from")
