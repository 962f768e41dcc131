"""The HTTP interface of information requests."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.information import queries, schemas
from services.visits.information.actions import ask, move, set_deadline
from services.visits.information.model import InformationDeadline, InformationRequest
from services.visits.reports.schemas import ReportDeadlineInput
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("information", __name__, description="What communes are asked, and what they answer")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/information-deadline")
class Deadline(MethodView):
    """By when communes answer."""

    @requires("visits:read")
    @blueprint.response(200, schemas.InformationDeadlineOutput)
    def get(self) -> InformationDeadline:
        """Read by when a request is answered that says no day, and when it is chased."""
        return queries.deadline(session())

    @requires("visits:configure")
    @blueprint.arguments(ReportDeadlineInput())
    @blueprint.response(200, schemas.InformationDeadlineOutput)
    def put(self, given: dict[str, Any]) -> InformationDeadline:
        """Say when requests are answered and chased; needs a token for all provinces."""
        return set_deadline(session(), given, principal())


@blueprint.route("/information-requests")
class Requests(MethodView):
    """Requests to communes inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.InformationRequestInput(), example=schemas.REQUEST_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.InformationRequestDetailOutput, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Ask a commune for information, to be answered by a day."""
        asked = ask(session(), given, principal())
        body, headers = _shown(asked)
        return body, headers | {"Location": f"{request.path}/{asked.id}"}

    @requires("visits:read")
    @blueprint.arguments(schemas.InformationRequestFilters(), location="query")
    @blueprint.response(200, page_of(schemas.InformationRequestOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List requests, newest first."""
        return queries.page(session(), filters, principal())


@blueprint.route("/information-requests/<uuid:request_id>")
class OneRequest(MethodView):
    """One request."""

    @requires("visits:read")
    @blueprint.response(200, schemas.InformationRequestDetailOutput, headers=ETAG)
    @may_be_missing()
    def get(self, request_id: UUID) -> Answer:
        """Read a request with its answer and history."""
        return _shown(queries.one(session(), request_id, principal()))


@blueprint.route("/information-requests/<uuid:request_id>/moves")
class RequestMoves(MethodView):
    """Answering, extending, withdrawing, asking again."""

    @requires("visits:write")
    @blueprint.arguments(
        schemas.InformationMoveInput(), example={"move": "answer", "text": "Có 120 hộ.", "by": "Chủ tịch UBND xã"}
    )
    @blueprint.response(201, schemas.InformationRequestDetailOutput, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], request_id: UUID) -> Answer:
        """Answer a request, extend its day, withdraw it, or ask again where the answer does not answer."""
        asked = queries.one(session(), request_id, principal(), locked=True)
        check_if_match(asked.version)
        move(session(), asked, given, principal())
        return _shown(asked)


def _shown(asked: InformationRequest) -> Answer:
    return queries.detailed(session(), asked), {"ETag": etag_of(asked.version)}
