"""GET /followings."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from services.visits.followings.queries import page
from services.visits.followings.schemas import FOLLOWING_EXAMPLE, FollowingFilters, FollowingOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("followings", __name__, description="Who follows which place")


@blueprint.route("/followings")
class Followings(MethodView):
    """Assignments as this service knows them."""

    @requires("visits:read")
    @blueprint.arguments(FollowingFilters(), location="query")
    @blueprint.response(200, page_of(FollowingOutput), example={"items": [FOLLOWING_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List who follows what on a day, inside the territory; of a unit also those who follow it from above."""
        found = page(session(), filters, principal())
        return found | {"items": [asdict(each) for each in found["items"]]}
