"""The HTTP interface of mandates."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.assignments.assignments import queries as assignments
from services.assignments.assignments.schemas import ASSIGNMENT_EXAMPLE, AssignmentOutput
from services.assignments.mandates import queries, schemas
from services.assignments.mandates.actions import note_studied, set_text
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

CODE_MAX = 60

blueprint = Blueprint("mandates", __name__, description="What an assignment is to follow, its duties and powers")


@blueprint.route("/assignments/<uuid:assignment_id>/mandate")
class Mandate(MethodView):
    """The mandate of one assignment."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.MandateOutput, example=schemas.MANDATE_EXAMPLE)
    @may_be_missing()
    def get(self, assignment_id: UUID) -> dict[str, Any]:
        """Read what the assignment is to follow, its duties and powers."""
        return queries.mandate(session(), assignments.one(session(), assignment_id, principal()))


@blueprint.route("/assignments/<uuid:assignment_id>/mandate/reading")
class Studied(MethodView):
    """That the holder has studied the mandate."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.MandateOutput, example=schemas.MANDATE_EXAMPLE)
    @may_be_missing()
    def put(self, assignment_id: UUID) -> dict[str, Any]:
        """Note that the holder has studied it; the first time counts. Said by the holder, or for them with
        assignments:write."""
        assignment = assignments.one(session(), assignment_id, principal())
        note_studied(session(), assignment, principal())
        return queries.mandate(session(), assignment)


@blueprint.route("/mandates/unread")
class Unread(MethodView):
    """Mandates nobody has studied."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.UnreadFilters, location="query")
    @blueprint.response(
        200, page_of(AssignmentOutput), example={"items": [ASSIGNMENT_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List the assignments in force whose holders have not studied their mandate."""
        return queries.unread(session(), principal(), **filters)


@blueprint.route("/posts/<string:post>/charges")
class Charges(MethodView):
    """The duties and powers of a post."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.ChargesOutput, example={"items": [schemas.CHARGE_EXAMPLE]})
    @may_be_missing()
    def get(self, post: str) -> dict[str, Any]:
        """List the duties and powers of a post."""
        return {"items": queries.of_post(session(), post)}


@blueprint.route("/posts/<string:post>/charges/<string:charge_code>")
class OneCharge(MethodView):
    """One duty or power of a post."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.ChargeInput, example=schemas.CHARGE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.ChargeOutput, example=schemas.CHARGE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], post: str, charge_code: str) -> tuple[Any, dict[str, str]]:
        """Change a duty or power, or add one (If-Match: *); one that is not to count any more is set inactive."""
        if len(charge_code) > CODE_MAX:
            raise NotFound()
        row = queries.charge_of(session(), post, charge_code)
        check_if_match(row.version)
        return set_text(session(), principal(), row, given), {"ETag": etag_of(row.version)}


@blueprint.route("/posts/<string:post>/scope")
class Scope(MethodView):
    """What holders of a post follow, where the assignment has no words of its own."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.ScopeOutput, example=schemas.SCOPE_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, post: str) -> tuple[Any, dict[str, str]]:
        """Read what holders of a post follow."""
        row = queries.scope_of(session(), post)
        return row, {"ETag": etag_of(row.version)}

    @requires("assignments:write")
    @blueprint.arguments(schemas.ScopeInput, example=schemas.SCOPE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.ScopeOutput, example=schemas.SCOPE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], post: str) -> tuple[Any, dict[str, str]]:
        """Change what holders of a post follow, or say it for the first time (If-Match: *)."""
        row = queries.scope_to_set(session(), post)
        check_if_match(row.version)
        return set_text(session(), principal(), row, given), {"ETag": etag_of(row.version)}
