"""GET /categories."""

from typing import Any

from flask.views import MethodView

from services.visits.categories.queries import listing
from services.visits.categories.schemas import CATEGORIES_EXAMPLE, CategoryList
from shared.web.auth import requires
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("categories", __name__, description="What issues are about")


@blueprint.route("/categories")
class Categories(MethodView):
    """The short, editable list of categories."""

    @requires("visits:read")
    @blueprint.response(200, CategoryList, example=CATEGORIES_EXAMPLE)
    def get(self) -> dict[str, Any]:
        """List all categories in the order they are shown; the list is short and has one page."""
        return {"items": listing(session())}
