"""The HTTP interface of threads: comments, watchers, links, and all of it in one view."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.visits.issues.queries import id_of
from services.visits.threads import actions, queries, schemas
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint(
    "threads", __name__, description="What is said on an issue, who watches it, what it is linked to"
)

_NOT_FOUND = "No such issue, or nothing of it by this id, inside the territory"


@blueprint.route("/issues/<string:issue>/thread")
class Thread(MethodView):
    """The one thread that province, district, cluster and commune share."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.ThreadEntryOutput))
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """Read what was said and what happened, oldest first."""
        who = principal()
        return queries.thread(session(), id_of(session(), issue, who), who, paging)


@blueprint.route("/issues/<string:issue>/comments")
class Comments(MethodView):
    """What is said on an issue; read it in the thread."""

    @requires("visits:write")
    @blueprint.arguments(schemas.CommentInput(), example=schemas.COMMENT_EXAMPLE)
    @blueprint.response(201, schemas.CommentOutput)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def post(self, given: dict[str, Any], issue: str) -> dict[str, Any]:
        """Say something; it is never edited, only withdrawn. Watchers are told. 409: the issue was merged."""
        return queries.comment(actions.comment(session(), issue, given, principal()))


@blueprint.route("/issues/<string:issue>/comments/<uuid:comment_id>/withdrawal")
class Withdrawal(MethodView):
    """Taking a comment back."""

    @requires("visits:write")
    @blueprint.arguments(schemas.WithdrawalInput(), example=schemas.WITHDRAWAL_EXAMPLE)
    @blueprint.response(201, schemas.CommentOutput)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def post(self, given: dict[str, Any], issue: str, comment_id: UUID) -> dict[str, Any]:
        """Withdraw a comment, by who wrote it; its place in the thread and the reason stay. 409: another's."""
        return queries.comment(actions.withdraw(session(), issue, comment_id, given, principal()))


@blueprint.route("/issues/<string:issue>/watchers")
class Watchers(MethodView):
    """Who is told of what happens to an issue."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.WatcherOutput))
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """List the watchers, longest watching first."""
        return queries.watchers(session(), id_of(session(), issue, principal()), paging)


@blueprint.route("/issues/<string:issue>/watchers/<uuid:official_id>")
class OneWatcher(MethodView):
    """One official as a watcher."""

    @requires("visits:write")
    @blueprint.response(200, schemas.WatcherOutput)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def put(self, issue: str, official_id: UUID) -> dict[str, Any]:
        """Have an official told of what happens to the issue; said twice, it is once."""
        return queries.watcher(actions.watch(session(), issue, official_id, principal()))

    @requires("visits:write")
    @blueprint.response(204)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def delete(self, issue: str, official_id: UUID) -> None:
        """Have an official told no more."""
        actions.unwatch(session(), issue, official_id, principal())


@blueprint.route("/watched-issues")
class WatchedIssues(MethodView):
    """What an official watches."""

    @requires("visits:read")
    @blueprint.arguments(schemas.WatchedFilters(), location="query")
    @blueprint.response(200, page_of(schemas.WatchedOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List the issues that an official watches, latest taken up first."""
        official = filters.pop("official")
        return queries.watched(session(), official, principal(), filters)


@blueprint.route("/issues/<string:issue>/links")
class Links(MethodView):
    """What an issue has to do with."""

    @requires("visits:write")
    @blueprint.arguments(schemas.LinkInput(), example=schemas.LINK_EXAMPLE)
    @blueprint.response(201, schemas.LinkOutput)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def post(self, given: dict[str, Any], issue: str) -> dict[str, Any]:
        """Link an issue to a visit, feedback, a document or another issue. 409: they are linked."""
        return queries.link(*actions.link(session(), issue, given, principal()))

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.LinkOutput))
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """List what an issue is linked to, oldest link first; links between issues are seen from both."""
        who = principal()
        return queries.links(session(), id_of(session(), issue, who), who, paging)


@blueprint.route("/issues/<string:issue>/links/<uuid:link_id>")
class OneLink(MethodView):
    """One link, from the issue on which it was made."""

    @requires("visits:write")
    @blueprint.response(204)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def delete(self, issue: str, link_id: UUID) -> None:
        """Take a link away; the timeline keeps that it was there."""
        actions.unlink(session(), issue, link_id, principal())
