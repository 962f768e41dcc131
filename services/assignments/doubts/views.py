"""The HTTP interface of doubts."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.assignments.doubts import queries, schemas
from services.assignments.doubts.actions import settle
from services.assignments.doubts.model import Doubt
from services.assignments.doubts.rules import Outcome
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("doubts", __name__, description="Assignments that may be wrong, as those concerned say")

Answer = tuple[Doubt, dict[str, str]]


@blueprint.route("/assignment-doubts")
class Doubts(MethodView):
    """The doubts inside the territory."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.DoubtFilters, location="query")
    @blueprint.response(
        200, page_of(schemas.DoubtOutput), example={"items": [schemas.DOUBT_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List doubts, newest first: who said of which escalation that it is not theirs, and why."""
        return queries.page(session(), filters, principal())


@blueprint.route("/assignment-doubts/<uuid:doubt_id>")
class OneDoubt(MethodView):
    """One doubt."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.DoubtOutput, example=schemas.DOUBT_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, doubt_id: UUID) -> Answer:
        """Read a doubt."""
        doubt = queries.one(session(), doubt_id, principal())
        return doubt, {"ETag": etag_of(doubt.version)}


@blueprint.route("/assignment-doubts/<uuid:doubt_id>/settlement")
class Settlement(MethodView):
    """What became of a doubt."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.SettlementInput, example=schemas.SETTLEMENT_EXAMPLE)
    @blueprint.response(200, schemas.DoubtOutput, example=schemas.DOUBT_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], doubt_id: UUID) -> Answer:
        """Settle a doubt: the assignment was corrected, or it is theirs after all. Once."""
        doubt = queries.one(session(), doubt_id, principal(), lock=True)
        check_if_match(doubt.version)
        settle(session(), doubt, principal(), Outcome(given["outcome"]), given["note"])
        return doubt, {"ETag": etag_of(doubt.version)}
