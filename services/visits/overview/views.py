"""GET /overview."""

from typing import Any

from flask.views import MethodView

from services.visits.overview.queries import overview
from services.visits.overview.schemas import OVERVIEW_EXAMPLE, OverviewFilters, OverviewOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("overview", __name__, description="A territory in figures")


@blueprint.route("/overview")
class Overview(MethodView):
    """The whole territory, or one unit in it."""

    @requires("visits:read")
    @blueprint.arguments(OverviewFilters(), location="query")
    @blueprint.response(200, OverviewOutput, example=OVERVIEW_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Count issues, escalations without an answer, what is overdue, silent communes, visits and feedback."""
        return overview(session(), filters, principal())
