"""Changing what posts allow, and granting roles."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.assignments.officials.model import Official
from services.assignments.officials.queries import named
from services.assignments.posts.model import Post
from services.assignments.roles import queries
from services.assignments.roles.model import PostPermission, Role, RoleGrant, RolePermission
from services.assignments.units.queries import unit_on
from services.assignments.validity import overlapping
from shared import clock
from shared.contracts.scopes import OWN_ACCOUNT, SCOPES
from shared.errors import BadInput, Conflict, Forbidden, NotFound
from shared.web.auth import Principal

_EVERYWHERE = ""


def grant_role(
    session: Session,
    who: Principal,
    *,
    official: UUID,
    role: str,
    source: str,
    unit: str | UUID | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Let an official have a role in a unit, or everywhere. Nobody grants what they may not do themselves.
    Raises BadInput, Forbidden outside the territory or beyond one's own scopes, Conflict if it is there already."""
    since = valid_from or clock.today()
    if valid_to is not None and valid_to <= since:
        raise BadInput("The end must be after the first day.", field="valid_to")
    if session.get(Role, role) is None:
        raise BadInput("There is no such role.", field="role")
    place = unit_on(session, unit, since, "unit") if unit is not None else None
    who.check(place.path if place else _EVERYWHERE)
    _check_own(session, who, role)
    person = named(session, official, who)
    same = select(RoleGrant.id).where(
        RoleGrant.official_id == official,
        RoleGrant.role_code == role,
        RoleGrant.unit_id == place.id if place else RoleGrant.unit_id.is_(None),
        overlapping(RoleGrant, since, valid_to),
    )
    if session.scalars(same.limit(1)).first():
        raise Conflict("This official has this role there in that time already.", field="valid_from")
    return grant(session, person, role, source, place, since, valid_to)


def grant(
    session: Session,
    official: Official,
    role: str,
    source: str,
    unit: object = None,
    since: date | None = None,
    until: date | None = None,
) -> RoleGrant:
    """The grant itself, unchecked: for the command that makes the first administrator."""
    made = RoleGrant.of(official, role, unit, since or clock.today(), until, source)  # type: ignore[arg-type]
    session.add(made)
    return made


def end_grant(session: Session, grant_id: UUID, who: Principal, valid_to: date) -> RoleGrant:
    """End a grant; from that day on, no new token has its scopes. Raises NotFound, Forbidden, RuleBroken."""
    found = queries.grant(session, grant_id, who, lock=True)
    _check_own(session, who, found.role_code)
    found.end(valid_to)
    return found


def set_post_permissions(
    session: Session, who: Principal, post: str, scopes: Iterable[str], source: str
) -> list[PostPermission]:
    """What a post allows from now on, everywhere. Raises NotFound, BadInput, Forbidden."""
    if session.get(Post, post, with_for_update=True) is None:
        raise NotFound()
    wanted = set(scopes)
    if unknown := wanted - SCOPES.keys() or wanted & {OWN_ACCOUNT}:
        raise BadInput(f"A post cannot allow {', '.join(sorted(unknown))}.", field="scopes")
    who.check(_EVERYWHERE)
    if beyond := wanted - who.scopes:
        raise Forbidden(f"You may not do this yourself: {', '.join(sorted(beyond))}.")
    known = {each.scope: each for each in queries.permissions_of_post(session, post)}
    session.execute(
        delete(PostPermission).where(PostPermission.post_code == post, PostPermission.scope.not_in(wanted))
    )
    for scope in wanted - known.keys():
        session.add(PostPermission(post_code=post, scope=scope, source=source))
    session.flush()
    session.expire_all()
    return queries.permissions_of_post(session, post)


def _check_own(session: Session, who: Principal, role: str) -> None:
    allowed = set(session.scalars(select(RolePermission.scope).where(RolePermission.role_code == role)))
    if beyond := allowed - who.scopes:
        raise Forbidden(f"This role allows what you may not do yourself: {', '.join(sorted(beyond))}.")
