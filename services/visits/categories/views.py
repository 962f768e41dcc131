"""The HTTP interface of categories."""

from typing import Any

from flask.views import MethodView

from services.visits.categories import schemas
from services.visits.categories.actions import open_for_change, set_category
from services.visits.categories.model import Category
from services.visits.categories.queries import listing, one
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("categories", __name__, description="What issues are about")


@blueprint.route("/categories")
class Categories(MethodView):
    """The short, editable tree of categories."""

    @requires("visits:read")
    @blueprint.response(200, schemas.CategoryList, example=schemas.CATEGORIES_EXAMPLE)
    def get(self) -> dict[str, Any]:
        """List all categories in the order they are shown; the list is short and has one page."""
        return {"items": listing(session())}


@blueprint.route("/categories/<string:category>")
class OneCategory(MethodView):
    """One category."""

    @requires("visits:read")
    @blueprint.response(200, schemas.CategoryOutput, example=schemas.CATEGORY_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, category: str) -> tuple[Category, dict[str, str]]:
        """Read a category."""
        found = one(session(), category)
        return found, {"ETag": etag_of(found.version)}

    @requires("visits:configure")
    @blueprint.arguments(schemas.CategoryInput(), example=schemas.CATEGORY_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.CategoryOutput, example=schemas.CATEGORY_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], category: str) -> tuple[Category, dict[str, str]]:
        """Change a category, or add a new one (If-Match: *). It is taken up everywhere within ten seconds."""
        found = open_for_change(session(), category, principal())
        check_if_match(found.version)
        return set_category(session(), found, given), {"ETag": etag_of(found.version)}
