"""The HTTP interface of escalations."""

from typing import Any

from flask.views import MethodView

from services.visits.escalations import schemas
from services.visits.escalations.actions import escalate
from services.visits.escalations.queries import page_of_issue, shown
from services.visits.issues.queries import id_of
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("escalations", __name__, description="Carrying an issue to those responsible")

_NOT_FOUND = "No such issue inside the territory"


@blueprint.route("/issues/<string:issue>/escalations")
class Escalations(MethodView):
    """The escalations of one issue."""

    @requires("visits:escalate")
    @blueprint.arguments(schemas.EscalateInput(), example=schemas.ESCALATE_EXAMPLE)
    @blueprint.response(201, schemas.EscalationOutput, example=schemas.ESCALATION_EXAMPLE)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def post(self, given: dict[str, Any], issue: str) -> dict[str, Any]:
        """Escalate; who is told is found right after, see routed_at and recipients. 409: it cannot go higher."""
        return shown(escalate(session(), issue, principal(), **given), [])

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.EscalationOutput), example=schemas.ESCALATIONS_EXAMPLE)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """Read who was told, why, and who has acknowledged, oldest escalation first."""
        issue_id = id_of(session(), issue, principal())
        return page_of_issue(session(), issue_id, **paging)
