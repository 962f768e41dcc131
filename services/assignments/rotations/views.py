"""The HTTP interface of handovers and rotations."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.assignments import queries as assignments
from services.assignments.rotations import schemas
from services.assignments.rotations.actions import hand_over, rotate
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("rotations", __name__, description="Assignments that end and start together")


@blueprint.route("/assignments/<uuid:assignment_id>/handover")
class Handover(MethodView):
    """The handover of an assignment."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.HandoverInput, example=schemas.HANDOVER_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.HandoverOutput, example=schemas.HANDOVER_EXAMPLE, headers=ETAG | LOCATION)
    @changes_a_record()
    def post(self, given: dict[str, Any], assignment_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """End an assignment and let another official hold it from that day on: never vacant, never twice."""
        assignment = assignments.one(session(), assignment_id, principal(), lock=True)
        check_if_match(assignment.version)
        done = hand_over(session(), principal(), assignment, **given)
        started = done["started"]
        place = f"{request.path.rsplit('/', 2)[0]}/{started.id}"
        return done, {"Location": place, "ETag": etag_of(started.version)}


@blueprint.route("/rotations")
class Rotations(MethodView):
    """Moves of many officials in one action."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.RotationInput, example=schemas.ROTATION_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.RotationOutput, example=schemas.ROTATION_EXAMPLE)
    @blueprint.alt_response(404, description="An assignment is not inside the territory")
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """End and start many assignments on one day, all or none. A dry run lists what would end and start, and
        every refusal with its reason."""
        return rotate(session(), principal(), **given)
