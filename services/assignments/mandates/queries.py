"""Reading mandates."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from services.assignments.assignments.model import Assignment
from services.assignments.mandates.model import MandateReading, PostCharge, PostScope
from services.assignments.mandates.rules import ChargeKind
from services.assignments.posts.model import Post
from services.assignments.units.model import Unit
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def mandate(session: Session, assignment: Assignment) -> dict[str, Any]:
    """What an assignment is to follow, with its duties and powers, and when its holder studied them."""
    template = session.get(PostScope, assignment.post_code)
    own = assignment.scope_note
    reading = session.get(MandateReading, assignment.id)
    charges = of_post(session, assignment.post_code, only_active=True)
    return {
        "assignment_id": assignment.id,
        "official": assignment.official,
        "post": assignment.post_code,
        "scope_vi": own or (template.text_vi if template else None),
        "scope_en": own or (template.text_en if template else None),
        "scope_is_own": own is not None,
        "duties": [each for each in charges if each.kind == ChargeKind.DUTY],
        "powers": [each for each in charges if each.kind == ChargeKind.POWER],
        "handover_note": assignment.handover_note,
        "read_at": reading.read_at if reading else None,
    }


def of_post(session: Session, code: str, *, only_active: bool = False) -> list[PostCharge]:
    """The duties and powers of a post, in order; raises NotFound for a post that does not exist."""
    _check_post(session, code)
    charges = select(PostCharge).where(PostCharge.post_code == code)
    if only_active:
        charges = charges.where(PostCharge.active)
    return list(session.scalars(charges.order_by(PostCharge.kind, PostCharge.position, PostCharge.code)))


def charge_of(session: Session, post: str, code: str) -> PostCharge:
    """A duty or power, locked, or a new one of version 0 that is still to be filled in; raises NotFound for a post
    that does not exist."""
    _check_post(session, post)
    found = session.get(PostCharge, (post, code), with_for_update=True)
    return found or PostCharge(post_code=post, code=code, version=0)


def scope_of(session: Session, post: str) -> PostScope:
    """What holders of a post follow; raises NotFound for a post without such a text, or no post."""
    found = session.get(PostScope, post)
    if found is None:
        raise NotFound()
    return found


def scope_to_set(session: Session, post: str) -> PostScope:
    """The same, locked, or a new one of version 0; raises NotFound for a post that does not exist."""
    _check_post(session, post)
    return session.get(PostScope, post, with_for_update=True) or PostScope(post_code=post, version=0)


def unread(
    session: Session, who: Principal, *, official: UUID | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of the assignments in force inside the territory whose holders have not studied their mandate."""
    studied = select(MandateReading.assignment_id).where(MandateReading.assignment_id == Assignment.id)
    places = (Assignment.unit, Assignment.cluster, Assignment.hamlet, Assignment.official)
    statement = (
        select(Assignment)
        .join(Assignment.territory)
        .options(contains_eager(Assignment.territory), *(joinedload(each) for each in places))
        .where(territory_filter(Unit.path, who), valid_on(Assignment, clock.today()), ~studied.exists())
    )
    if official is not None:
        statement = statement.where(Assignment.official_id == official)
    return paginate(session, statement, Assignment.id, limit=limit, cursor=cursor)


def _check_post(session: Session, code: str) -> None:
    if session.get(Post, code) is None:
        raise NotFound()
