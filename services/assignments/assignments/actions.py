"""Changing assignments one by one."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.assignments.assignments.checking import check_free, check_place, check_post
from services.assignments.assignments.model import Assignment, Place, territory_of
from services.assignments.assignments.rules import Change, assignment_changed, place_field
from services.assignments.clusters.model import Cluster
from services.assignments.documents import queries as documents
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.officials.queries import named, take_turns
from services.assignments.posts.model import Post
from services.assignments.units.queries import unit_on
from services.assignments.validity import is_valid
from shared import clock
from shared.errors import BadInput
from shared.messaging.outbox import record
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
    document: UUID | None = None,
) -> Assignment:
    """Let an official hold a post for a place. Raises BadInput, Forbidden for a place outside the territory,
    Conflict when the official holds that post there in that time already, or another one a post that only one may
    hold."""
    since = valid_from or clock.today()
    if valid_to is not None and valid_to <= since:
        raise BadInput("The end must be after the first day.", field="valid_to")
    post_held = _post(session, post, since)
    place = _place(session, post_held, {"unit": unit, "cluster": cluster, "hamlet": hamlet}, since)
    who.check(territory_of(place).path)
    person = _active(named(session, official, who))
    check_free(session, person, post_held, place, since, valid_to)
    paper = documents.named(session, document, who)
    details = {"legal_basis": legal_basis, "scope_note": scope_note, "document": paper}
    assignment = Assignment.to(person, post_held, place, since, valid_to, who.client_id, **details)
    session.add(assignment)
    record(session, assignment_changed(assignment))
    return assignment


def end(
    session: Session, who: Principal, assignment: Assignment, valid_to: date, reason: str | None = None
) -> Assignment:
    """End an assignment before that day; raises RuleBroken."""
    assignment.end(valid_to, who.client_id, Change.ENDED, reason)
    record(session, assignment_changed(assignment))
    return assignment


def correct(
    session: Session, who: Principal, assignment: Assignment, reason: str, changes: dict[str, Any]
) -> Assignment:
    """Say of an assignment what should have been said from the beginning; what was said before is kept. `changes`:
    official, valid_from, valid_to (its first day: it never took effect), legal_basis, document, scope_note. Raises
    BadInput, Conflict."""
    since = changes.get("valid_from", assignment.valid_from)
    until = changes.get("valid_to", assignment.valid_to)
    if until is not None and until < since:
        raise BadInput("The end must not be before the first day.", field="valid_to")
    if since != assignment.valid_from:
        check_post(session, assignment.post_code, since)
        check_place(assignment.place, since, "valid_from")
    if changes.get("official", assignment.official_id) == assignment.official_id:
        person = take_turns(session, assignment.official)
    else:
        person = _active(named(session, changes["official"], who))
    check_free(session, person, assignment.post, assignment.place, since, until, assignment.id)
    if "document" in changes:
        assignment.document = documents.named(session, changes["document"], who)
    assignment.official, assignment.valid_from, assignment.valid_to = person, since, until
    for name in ("legal_basis", "scope_note"):
        setattr(assignment, name, changes.get(name, getattr(assignment, name)))
    assignment.note(Change.CORRECTED, who.client_id, reason)
    record(session, assignment_changed(assignment))
    return assignment


def _active(person: Official) -> Official:
    if not person.active:
        raise BadInput("This official is not active.", field="official")
    return person


def _post(session: Session, code: str, since: date) -> Post:
    post = session.get(Post, code)
    if post is None:
        raise BadInput("There is no such post.", field="post")
    check_post(session, code, since)
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
