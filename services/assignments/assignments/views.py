"""The HTTP interface of assignments."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.assignments import queries
from services.assignments.assignments.actions import assign, correct, end
from services.assignments.assignments.model import Assignment
from services.assignments.assignments.schemas import (
    ASSIGNMENT_EXAMPLE,
    ASSIGNMENT_INPUT_EXAMPLE,
    CORRECTION_EXAMPLE,
    OVERLAP_EXAMPLE,
    RECORD_EXAMPLE,
    AssignmentEnd,
    AssignmentFilters,
    AssignmentInput,
    AssignmentOutput,
    CorrectionInput,
    OverlapFilters,
    OverlapOutput,
    RecordOutput,
)
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint(
    "assignments", __name__, description="Who holds which post for which place, and by which decision"
)

Answer = tuple[Assignment, dict[str, str]]


@blueprint.route("/assignments")
class Assignments(MethodView):
    """Assignments to places inside the territory."""

    @requires("assignments:read")
    @blueprint.arguments(AssignmentFilters, location="query")
    @blueprint.response(
        200, page_of(AssignmentOutput), example={"items": [ASSIGNMENT_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List assignments, oldest first."""
        return queries.page(session(), filters, principal())

    @requires("assignments:write")
    @blueprint.arguments(AssignmentInput, example=ASSIGNMENT_INPUT_EXAMPLE)
    @blueprint.response(201, AssignmentOutput, example=ASSIGNMENT_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Let an official hold a post for a place."""
        assignment = assign(session(), principal(), **given)
        return assignment, {"Location": f"{request.path}/{assignment.id}", "ETag": etag_of(assignment.version)}


@blueprint.route("/assignments/<uuid:assignment_id>")
class OneAssignment(MethodView):
    """One assignment."""

    @requires("assignments:read")
    @blueprint.response(200, AssignmentOutput, example=ASSIGNMENT_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, assignment_id: UUID) -> Answer:
        """Read an assignment."""
        assignment = queries.one(session(), assignment_id, principal())
        return assignment, {"ETag": etag_of(assignment.version)}


@blueprint.route("/assignments/<uuid:assignment_id>/end")
class AssignmentEnding(MethodView):
    """The end of an assignment."""

    @requires("assignments:write")
    @blueprint.arguments(AssignmentEnd, example={"valid_to": "2026-07-01"})
    @blueprint.response(200, AssignmentOutput, example=ASSIGNMENT_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], assignment_id: UUID) -> Answer:
        """End an assignment; it stays in the record."""
        assignment = queries.one(session(), assignment_id, principal(), lock=True)
        check_if_match(assignment.version)
        end(session(), principal(), assignment, **given)
        return assignment, {"ETag": etag_of(assignment.version)}


@blueprint.route("/assignments/<uuid:assignment_id>/corrections")
class Corrections(MethodView):
    """Corrections of an assignment."""

    @requires("assignments:write")
    @blueprint.arguments(CorrectionInput, example=CORRECTION_EXAMPLE)
    @blueprint.response(200, AssignmentOutput, example=ASSIGNMENT_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], assignment_id: UUID) -> Answer:
        """Say what should have been said from the beginning: another official, other days, another decision. What
        was said before is kept, with who corrected it, when and why."""
        assignment = queries.one(session(), assignment_id, principal(), lock=True)
        check_if_match(assignment.version)
        correct(session(), principal(), assignment, given.pop("reason"), given)
        return assignment, {"ETag": etag_of(assignment.version)}


@blueprint.route("/assignments/<uuid:assignment_id>/history")
class History(MethodView):
    """What an assignment says and has said."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(200, page_of(RecordOutput), example={"items": [RECORD_EXAMPLE], "next_cursor": None})
    @may_be_missing()
    def get(self, paging: dict[str, Any], assignment_id: UUID) -> dict[str, Any]:
        """List every version of an assignment, the one that counts first: what was done, by whom, when and why."""
        assignment = queries.one(session(), assignment_id, principal())
        return queries.history(session(), assignment, **paging)


@blueprint.route("/assignments/overlaps")
class Overlaps(MethodView):
    """Posts held by several officials for one place."""

    @requires("assignments:read")
    @blueprint.arguments(OverlapFilters, location="query")
    @blueprint.response(200, page_of(OverlapOutput), example={"items": [OVERLAP_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List the posts and places that several officials hold on a day, and whether the post allows it."""
        return queries.overlaps(session(), filters, principal())
