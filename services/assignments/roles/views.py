"""The HTTP interface of roles, and of what posts allow."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.roles import actions, queries, schemas
from services.assignments.roles.model import RoleGrant
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("roles", __name__, description="What posts and roles allow, and who was granted which role")

Answer = tuple[RoleGrant, dict[str, str]]


@blueprint.route("/roles")
class Roles(MethodView):
    """Administrative roles; they are the same everywhere."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.RoleOutput), example={"items": [schemas.ROLE_EXAMPLE], "next_cursor": None}
    )
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """List roles, each with the scopes it allows."""
        return queries.all_roles(session(), paging)


@blueprint.route("/posts/<string:post>/permissions")
class PostPermissions(MethodView):
    """What a post allows."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.PostPermissionsOutput, example=schemas.PERMISSIONS_EXAMPLE)
    @may_be_missing()
    def get(self, post: str) -> dict[str, Any]:
        """Read the scopes of a post; those who hold it have them in the territory they hold it for."""
        return {"permissions": queries.permissions_of_post(session(), post)}

    @requires("assignments:accounts")
    @blueprint.arguments(schemas.PostPermissionsInput, example=schemas.PERMISSIONS_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.PostPermissionsOutput, example=schemas.PERMISSIONS_EXAMPLE)
    @may_be_missing()
    def put(self, given: dict[str, Any], post: str) -> dict[str, Any]:
        """Say what a post allows; it holds from everybody's next token on."""
        return {"permissions": actions.set_post_permissions(session(), principal(), post, **given)}


@blueprint.route("/role-grants")
class Grants(MethodView):
    """Who has which role."""

    @requires("assignments:accounts")
    @blueprint.arguments(schemas.GrantFilters, location="query")
    @blueprint.response(
        200, page_of(schemas.GrantOutput), example={"items": [schemas.GRANT_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List grants, oldest first."""
        return queries.grants(session(), filters, principal())

    @requires("assignments:accounts")
    @blueprint.arguments(schemas.GrantInput, example=schemas.GRANT_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.GrantOutput, example=schemas.GRANT_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Grant a role; nobody grants what they may not do themselves."""
        grant = actions.grant_role(session(), principal(), **given)
        return grant, {"Location": f"{request.path}/{grant.id}", "ETag": etag_of(grant.version)}


@blueprint.route("/role-grants/<uuid:grant_id>")
class OneGrant(MethodView):
    """One grant."""

    @requires("assignments:accounts")
    @blueprint.response(200, schemas.GrantOutput, example=schemas.GRANT_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, grant_id: UUID) -> Answer:
        """Read a grant."""
        grant = queries.grant(session(), grant_id, principal())
        return grant, {"ETag": etag_of(grant.version)}


@blueprint.route("/role-grants/<uuid:grant_id>/end")
class GrantEnding(MethodView):
    """The end of a grant."""

    @requires("assignments:accounts")
    @blueprint.arguments(schemas.GrantEnd, example={"valid_to": "2026-07-01"})
    @blueprint.response(200, schemas.GrantOutput, example=schemas.GRANT_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], grant_id: UUID) -> Answer:
        """End a grant; it stays in the record."""
        check_if_match(queries.grant(session(), grant_id, principal(), lock=True).version)
        grant = actions.end_grant(session(), grant_id, principal(), given["valid_to"])
        return grant, {"ETag": etag_of(grant.version)}
