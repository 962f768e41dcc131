"""The HTTP interface of what followed its place."""

from typing import Any

from flask.views import MethodView

from services.visits.reorganisations import queries
from services.visits.reorganisations.schemas import MOVE_EXAMPLE, MoveFilters, MoveOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint(
    "reorganisations", __name__, description="Open work that followed its place when units were reorganised"
)


@blueprint.route("/succession-moves")
class SuccessionMoves(MethodView):
    """What moved into the territory."""

    @requires("visits:write")  # some of it is restricted
    @blueprint.arguments(MoveFilters, location="query")
    @blueprint.response(200, page_of(MoveOutput), example={"items": [MOVE_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List what a reorganisation moved, and what of it a person should look at."""
        return queries.page(session(), filters, principal())
