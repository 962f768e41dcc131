"""GET /units: a small look-up for forms."""

from typing import Any

from flask.views import MethodView

from services.visits.units.queries import Place, look_up
from services.visits.units.schemas import UNIT_EXAMPLE, UnitFilters, UnitOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("units", __name__, description="Places where issues are reported")


@blueprint.route("/units")
class Units(MethodView):
    """Today's units inside the territory."""

    @requires("visits:read")
    @blueprint.arguments(UnitFilters(), location="query")
    @blueprint.response(200, page_of(UnitOutput), example={"items": [UNIT_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Find units by name (with or without diacritics) or code."""
        page = look_up(session(), principal(), filters)
        return page | {"items": [_shown(place) for place in page["items"]]}


def _shown(place: Place) -> dict[str, Any]:
    names = ("id", "code", "name", "kind", "level", "path", "valid_from", "valid_to")
    return {name: getattr(place.unit, name) for name in names} | {"full_name": place.full_name}
