"""The HTTP interface of issues and their timelines."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView

from services.visits.issues import examples, queries
from services.visits.issues.actions import report
from services.visits.issues.reading import as_reported
from services.visits.issues.schemas import IssueDetailOutput, IssueFilters, IssueOutput, ReportInput
from services.visits.timeline.queries import page_of_issue
from services.visits.timeline.schemas import TIMELINE_EXAMPLE, TimelineEntryOutput
from shared.web.auth import principal, requires
from shared.web.etag import etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("issues", __name__, description="What the grassroots report")

_ETAG = {"ETag": {"description": "The version", "schema": {"type": "string"}}}


@blueprint.route("/issues")
class Issues(MethodView):
    """All issues inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(ReportInput(), example=examples.REPORT)
    @blueprint.response(201, IssueDetailOutput, example=examples.DETAIL, headers=_ETAG)
    def post(self, given: dict[str, Any]) -> Response:
        """Report an issue of a commune; who reported it is kept but not shown in the answer."""
        issue = report(session(), given, principal())
        answer = jsonify(as_reported(issue))
        answer.status_code = 201
        answer.headers["Location"] = f"{request.path}/{issue.id}"
        answer.headers["ETag"] = etag_of(issue.version)
        return answer

    @requires("visits:read")
    @blueprint.arguments(IssueFilters(), location="query")
    @blueprint.response(200, page_of(IssueOutput), example=examples.PAGE)
    def get(self, filters: dict[str, Any]) -> Response:
        """List issues, newest first."""
        return jsonify(queries.page(session(), filters, principal()))


@blueprint.route("/issues/<string:issue>")
class OneIssue(MethodView):
    """One issue, by id or code."""

    @requires("visits:read")
    @blueprint.response(200, IssueDetailOutput, example=examples.DETAIL, headers=_ETAG)
    @blueprint.alt_response(404, description="No such issue inside the territory")
    def get(self, issue: str) -> Response:
        """Read an issue."""
        who = principal()
        # The reporter's contact is for those who handle issues, not for everybody who may read them.
        found = queries.detail(session(), issue, who, with_reporter=who.may("visits:write"))
        answer = jsonify(found)
        answer.headers["ETag"] = etag_of(found["version"])
        return answer


@blueprint.route("/issues/<string:issue>/timeline")
class Timeline(MethodView):
    """What happened to an issue."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(TimelineEntryOutput), example=TIMELINE_EXAMPLE)
    @blueprint.alt_response(404, description="No such issue inside the territory")
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """Read what happened, oldest first, in Vietnamese and English."""
        issue_id = queries.id_of(session(), issue, principal())
        return page_of_issue(session(), issue_id, **paging)
