"""The HTTP interface of support."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.reports.rules import code_of
from services.visits.support import queries, schemas
from services.visits.support.actions import correct, record_support, set_purpose, void
from services.visits.support.model import Contribution, Purpose
from shared.web.auth import principal, requires
from shared.web.documented import LOCATION, may_be_missing
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("support", __name__, description="What sponsors give to a place, and what it adds up to")


@blueprint.route("/support-purposes")
class Purposes(MethodView):
    """What support may be for."""

    @requires("visits:read")
    @blueprint.response(200, schemas.SupportPurposeOutput(many=True))
    def get(self) -> Sequence[Purpose]:
        """List the purposes, also those no longer in use."""
        return queries.purposes(session())


@blueprint.route("/support-purposes/<string:purpose_code>")
class OnePurpose(MethodView):
    """One purpose."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.SupportPurposeInput())
    @blueprint.response(200, schemas.SupportPurposeOutput)
    @blueprint.alt_response(404, description="There can be no such purpose")
    def put(self, given: dict[str, Any], purpose_code: str) -> Purpose:
        """Name a purpose of support, or change one; needs a token for all provinces."""
        return set_purpose(session(), code_of(purpose_code), given, principal())


@blueprint.route("/support")
class Support(MethodView):
    """Support given to places inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.ContributionInput(), example=schemas.CONTRIBUTION_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.ContributionOutput, headers=LOCATION)
    def post(self, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Record what a sponsor gave: money in đồng, or goods with their quantity."""
        return _created(record_support(session(), given, principal()), request.path)

    @requires("visits:read")
    @blueprint.arguments(schemas.ContributionFilters(), location="query")
    @blueprint.response(200, page_of(schemas.ContributionOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List contributions, the latest first."""
        return queries.page(session(), filters, principal())


@blueprint.route("/support/totals")
class Totals(MethodView):
    """What it adds up to."""

    @requires("visits:read")
    @blueprint.arguments(schemas.TotalsFilters(), location="query")
    @blueprint.response(200, page_of(schemas.SupportTotalOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Sum support by unit (with all below it), by purpose or by month; what was voided does not count."""
        return queries.totals(session(), filters, principal())


@blueprint.route("/support/<uuid:contribution_id>")
class OneContribution(MethodView):
    """One contribution."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ContributionOutput)
    @may_be_missing()
    def get(self, contribution_id: UUID) -> dict[str, Any]:
        """Read a contribution, voided or not."""
        return queries.shown(session(), [queries.one(session(), contribution_id, principal())])[0]


@blueprint.route("/support/<uuid:contribution_id>/void")
class Voiding(MethodView):
    """Taking a contribution out of the sums."""

    @requires("visits:write")
    @blueprint.arguments(schemas.ContributionVoidInput(), example={"reason": "Ghi nhầm hai lần."})
    @blueprint.response(200, schemas.ContributionOutput)
    @may_be_missing()
    def post(self, given: dict[str, Any], contribution_id: UUID) -> dict[str, Any]:
        """Void a contribution: it stays readable and counts no longer. 409: it was voided before."""
        return queries.shown(session(), [void(session(), contribution_id, principal(), **given)])[0]


@blueprint.route("/support/<uuid:contribution_id>/corrections")
class Corrections(MethodView):
    """Putting right what was recorded wrongly."""

    @requires("visits:write")
    @blueprint.arguments(
        schemas.ContributionCorrectionInput(),
        example=schemas.CONTRIBUTION_INPUT_EXAMPLE | {"reason": "Ghi sai số tiền."},
    )
    @blueprint.response(201, schemas.ContributionOutput, headers=LOCATION)
    @may_be_missing()
    def post(self, given: dict[str, Any], contribution_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Void a contribution and record the right one in its place. 409: it was voided before."""
        corrected = correct(session(), contribution_id, given, principal())
        return _created(corrected, request.path.rpartition(f"/{contribution_id}")[0])


def _created(contribution: Contribution, collection: str) -> tuple[dict[str, Any], dict[str, str]]:
    return queries.shown(session(), [contribution])[0], {"Location": f"{collection}/{contribution.id}"}
