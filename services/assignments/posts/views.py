"""The HTTP interface of posts: the rules of who is asked, as data."""

from typing import Any

from flask import request
from flask.views import MethodView

from services.assignments.posts import queries, schemas
from services.assignments.posts.actions import add_post, change_post
from services.assignments.posts.model import Post
from shared import clock
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("posts", __name__, description="Posts, and who is asked at which step")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/posts")
class Posts(MethodView):
    """All posts; they are the same everywhere, so no territory narrows them."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.PostFilters, location="query")
    @blueprint.response(
        200, page_of(schemas.PostOutput), example={"items": [schemas.POST_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List the posts in force on a day, by code."""
        return queries.page(session(), filters.pop("at") or clock.today(), **filters)

    @requires("assignments:write")
    @blueprint.arguments(schemas.PostInput, example=schemas.POST_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.PostOutput, example=schemas.POST_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Add a post. Refused when an escalation could no longer find its way: a circle of posts, a step without
        any, a level that has no units."""
        made = add_post(session(), principal(), **given)
        return made, {"Location": f"{request.path}/{made['code']}", "ETag": etag_of(made["version"])}


@blueprint.route("/posts/<string:post>")
class OnePost(MethodView):
    """One post."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.PostOutput, example=schemas.POST_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, post: str) -> Answer:
        """Read a post with the rule of today, or else the next one, or else the last."""
        found = queries.one(session(), post, clock.today())
        return found, {"ETag": etag_of(found["version"])}

    @requires("assignments:write")
    @blueprint.arguments(schemas.PostChange, example={"required": True, "source": "Quyết định 12-QĐ/TU"})
    @blueprint.response(200, schemas.PostOutput, example=schemas.POST_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def patch(self, changes: dict[str, Any], post: str) -> Answer:
        """Change a post from a day on; what held before stays, what was planned for later goes."""
        found = session().get(Post, post, with_for_update=True)
        if found is None:
            raise NotFound()
        check_if_match(found.version)
        changed = change_post(session(), principal(), found, changes)
        return changed, {"ETag": etag_of(changed["version"])}
