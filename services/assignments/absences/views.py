"""The HTTP interface of absences."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.absences import actions, queries
from services.assignments.absences.model import Absence
from services.assignments.absences.schemas import (
    ABSENCE_EXAMPLE,
    ABSENCE_INPUT_EXAMPLE,
    AbsenceChange,
    AbsenceFilters,
    AbsenceInput,
    AbsenceMove,
    AbsenceOutput,
)
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("absences", __name__, description="Who is away, and who stands in")

Answer = tuple[Absence, dict[str, str]]


@blueprint.route("/absences")
class Absences(MethodView):
    """The absences of the officials a client may see."""

    @requires("assignments:read")
    @blueprint.arguments(AbsenceFilters, location="query")
    @blueprint.response(200, page_of(AbsenceOutput), example={"items": [ABSENCE_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List absences, oldest record first: with `at` and `state=approved`, who stands in for whom that day."""
        return queries.page(session(), filters, principal())

    # Officials ask for their own with the scope they have; for others it takes assignments:write.
    @requires("assignments:read")
    @blueprint.arguments(AbsenceInput, example=ABSENCE_INPUT_EXAMPLE)
    @blueprint.response(201, AbsenceOutput, example=ABSENCE_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Enter an absence: with assignments:write it is in force at once; by the official it is a request."""
        absence = actions.enter(session(), principal(), **given)
        return absence, {"Location": f"{request.path}/{absence.id}", "ETag": etag_of(absence.version)}


@blueprint.route("/absences/<uuid:absence_id>")
class OneAbsence(MethodView):
    """One absence."""

    @requires("assignments:read")
    @blueprint.response(200, AbsenceOutput, example=ABSENCE_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, absence_id: UUID) -> Answer:
        """Read an absence."""
        absence = queries.one(session(), absence_id, principal())
        return absence, {"ETag": etag_of(absence.version)}

    @requires("assignments:read")
    @blueprint.arguments(AbsenceChange, example={"valid_to": "2026-03-09"})
    @blueprint.response(200, AbsenceOutput, example=ABSENCE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def patch(self, changes: dict[str, Any], absence_id: UUID) -> Answer:
        """Change its end, or who stands in; the official may as long as it is a request."""
        absence = actions.change(session(), principal(), _unchanged(absence_id), changes)
        return absence, {"ETag": etag_of(absence.version)}


@blueprint.route("/absences/<uuid:absence_id>/moves")
class AbsenceMoves(MethodView):
    """Decisions about an absence."""

    @requires("assignments:read")
    @blueprint.arguments(AbsenceMove, example={"move": "approve"})
    @blueprint.response(200, AbsenceOutput, example=ABSENCE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], absence_id: UUID) -> Answer:
        """Approve or refuse (assignments:write), or cancel: the official may as long as it is a request."""
        absence = actions.move(session(), principal(), _unchanged(absence_id), **given)
        return absence, {"ETag": etag_of(absence.version)}


def _unchanged(absence_id: UUID) -> Absence:
    absence = queries.one(session(), absence_id, principal(), lock=True)
    check_if_match(absence.version)
    return absence
