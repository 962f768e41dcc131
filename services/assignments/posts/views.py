"""The HTTP interface of posts: the rules of who is asked, as data."""

from typing import Any

from flask.views import MethodView

from services.assignments.posts.model import Post
from services.assignments.posts.queries import WITH_STEPS
from services.assignments.posts.schemas import POST_EXAMPLE, PostOutput
from shared.web.auth import requires
from shared.web.input import Blueprint
from shared.web.paging import paginate
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("posts", __name__, description="Posts, and who is asked at which step")


@blueprint.route("/posts")
class Posts(MethodView):
    """All posts; they are the same everywhere, so no territory narrows them."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(200, page_of(PostOutput), example={"items": [POST_EXAMPLE], "next_cursor": None})
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """List posts by code."""
        return paginate(session(), WITH_STEPS, Post.code, scalars=False, **paging)
