"""The HTTP interface of units; they are changed by imports and reorganisations only."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.assignments.units import queries
from services.assignments.units.model import Unit
from services.assignments.units.schemas import UNIT_EXAMPLE, UnitFilters, UnitOutput
from shared.web.auth import principal, requires
from shared.web.documented import may_be_missing
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("units", __name__, description="Administrative units, dated")


@blueprint.route("/units")
class Units(MethodView):
    """The units inside the territory on a day."""

    @requires("assignments:read")
    @blueprint.arguments(UnitFilters, location="query")
    @blueprint.response(200, page_of(UnitOutput), example={"items": [UNIT_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List units from the top down."""
        return queries.page(session(), filters, principal())


@blueprint.route("/units/<uuid:unit_id>")
class OneUnit(MethodView):
    """One unit."""

    @requires("assignments:read")
    @blueprint.response(200, UnitOutput, example=UNIT_EXAMPLE)
    @may_be_missing()
    def get(self, unit_id: UUID) -> Unit:
        """Read a unit, also one that has ended."""
        return queries.one(session(), unit_id, principal())
