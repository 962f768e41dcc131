"""The HTTP interface of visits and of what they may be for."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.visits import actions, examples, queries, schemas
from services.visits.visits.model import Visit, VisitPurpose
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("visits", __name__, description="When officials go to the grassroots, and with whom")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/visits")
class Visits(MethodView):
    """Visits inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.VisitInput(), example=examples.PLAN)
    @blueprint.response(201, schemas.VisitDetailOutput, example=examples.DETAIL, headers=ETAG | LOCATION)
    @blueprint.alt_response(409, description="Another visit at this time; see clashes")
    def post(self, given: dict[str, Any]) -> Answer:
        """Plan a visit; other visits of its people, or of the commune, at the same time are told as clashes."""
        visit = actions.plan(session(), given, principal())
        body, headers = _shown(visit)
        return body, headers | {"Location": f"{request.path}/{visit.id}"}

    @requires("visits:read")
    @blueprint.arguments(schemas.VisitFilters(), location="query")
    @blueprint.response(200, page_of(schemas.VisitOutput), example=examples.PAGE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List visits, the latest first."""
        return queries.page(session(), filters, principal())


@blueprint.route("/visits/<uuid:visit_id>")
class OneVisit(MethodView):
    """One visit."""

    @requires("visits:read")
    @blueprint.response(200, schemas.VisitDetailOutput, example=examples.DETAIL, headers=ETAG)
    @may_be_missing()
    def get(self, visit_id: UUID) -> Answer:
        """Read a visit with its history."""
        return _shown(queries.one(session(), visit_id, principal()))


@blueprint.route("/visits/<uuid:visit_id>/reschedule")
class Rescheduling(MethodView):
    """Another time."""

    @requires("visits:write")
    @blueprint.arguments(schemas.RescheduleInput(), example=examples.RESCHEDULE)
    @blueprint.response(200, schemas.VisitDetailOutput, example=examples.DETAIL, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], visit_id: UUID) -> Answer:
        """Move a visit that is planned, or was missed, to another time; the old one stays in its history."""
        visit = _to_change(visit_id)
        actions.reschedule(session(), visit, given, principal())
        return _shown(visit)


@blueprint.route("/visits/<uuid:visit_id>/cancel")
class Cancelling(MethodView):
    """Not going."""

    @requires("visits:write")
    @blueprint.arguments(schemas.VisitCancelInput(), example={"reason": "Xã bận khắc phục hậu quả bão."})
    @blueprint.response(200, schemas.VisitDetailOutput, example=examples.DETAIL, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], visit_id: UUID) -> Answer:
        """Cancel a planned visit with a reason."""
        visit = _to_change(visit_id)
        actions.cancel(session(), visit, given, principal())
        return _shown(visit)


@blueprint.route("/visits/<uuid:visit_id>/carry-out")
class CarryingOut(MethodView):
    """It took place."""

    @requires("visits:write")
    @blueprint.arguments(schemas.CarryOutInput(), example=examples.CARRY_OUT)
    @blueprint.response(200, schemas.VisitDetailOutput, example=examples.DETAIL, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], visit_id: UUID) -> Answer:
        """Note that a visit took place, who was there and where; it counts for everybody who went."""
        visit = _to_change(visit_id)
        actions.carry_out(session(), visit, given, principal())
        return _shown(visit)


@blueprint.route("/visit-purposes")
class Purposes(MethodView):
    """What visits may be for."""

    @requires("visits:read")
    @blueprint.response(200, schemas.VisitPurposeList)
    def get(self) -> dict[str, Any]:
        """List all purposes; the list is short and has one page."""
        return {"items": queries.purposes(session())}


@blueprint.route("/visit-purposes/<string:visit_purpose>")
class OnePurpose(MethodView):
    """One purpose."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.VisitPurposeInput())
    @blueprint.response(200, schemas.VisitPurposeOutput, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], visit_purpose: str) -> tuple[VisitPurpose, dict[str, str]]:
        """Change the names and times of a purpose; what is planned keeps its own."""
        purpose = queries.purpose(session(), visit_purpose)
        check_if_match(purpose.version)
        actions.set_purpose(session(), purpose, given, principal())
        return purpose, {"ETag": etag_of(purpose.version)}


def _to_change(visit_id: UUID) -> Visit:
    visit = queries.one(session(), visit_id, principal(), locked=True)
    check_if_match(visit.version)
    return visit


def _shown(visit: Visit) -> Answer:
    return queries.detailed(session(), visit), {"ETag": etag_of(visit.version)}
