"""The HTTP interface of issues and their timelines."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView

from services.visits.categories.queries import check_active
from services.visits.intake.actions import count
from services.visits.intake.queries import RoutedOut, guidance_of, judge
from services.visits.intake.schemas import CHECK_EXAMPLE, CheckOutput
from services.visits.issues import examples, queries, schemas
from services.visits.issues.actions import move, report
from services.visits.issues.reading import as_reported
from services.visits.issues.rules import Move
from services.visits.timeline.queries import page_of_issue
from services.visits.timeline.schemas import TIMELINE_EXAMPLE, TimelineEntryOutput
from shared.web.auth import principal, requires
from shared.web.documented import changes_a_record
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session, single_write

blueprint = Blueprint("issues", __name__, description="What the grassroots report")

_ETAG = {"ETag": {"description": "The version", "schema": {"type": "string"}}}
_NOT_FOUND = "No such issue inside the territory"


@blueprint.route("/issues")
class Issues(MethodView):
    """All issues inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.ReportInput(), example=examples.REPORT)
    @blueprint.response(201, schemas.IssueDetailOutput, example=examples.DETAIL, headers=_ETAG)
    def post(self, given: dict[str, Any]) -> Response:
        """Report an issue of a commune; who reported it is kept but not shown in the answer. 422 with `outcome` and
        `guidance`: it is not handled here, and nothing of it was kept."""
        try:
            issue = report(single_write(), given, principal())
        except RoutedOut as refused:
            # Raised again, so that no answer is kept for an Idempotency-Key: the count is all that stays.
            session().rollback()
            count(session(), refused)
            session().commit()
            raise
        answer = jsonify(as_reported(issue))
        answer.status_code = 201
        answer.headers["Location"] = f"{request.path}/{issue.id}"
        answer.headers["ETag"] = etag_of(issue.version)
        return answer

    @requires("visits:read")
    @blueprint.arguments(schemas.IssueFilters(), location="query")
    @blueprint.response(200, page_of(schemas.IssueOutput), example=examples.PAGE)
    def get(self, filters: dict[str, Any]) -> Response:
        """List issues, newest first."""
        return jsonify(queries.page(session(), filters, principal()))


@blueprint.route("/issues/intake-checks")
class IntakeChecks(MethodView):
    """Is this handled here?"""

    @requires("visits:write")
    @blueprint.arguments(schemas.IntakeInput(), example=examples.INTAKE)
    @blueprint.response(200, CheckOutput, example=CHECK_EXAMPLE)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Say what a report would be taken for, and where it belongs; nothing of it is kept."""
        check_active(session(), given["category"])
        verdict = judge(session(), given)
        found = {name: getattr(verdict, name) for name in ("outcome", "declared", "score", "matched")}
        return found | {"guidance": guidance_of(session(), verdict.outcome)}


@blueprint.route("/issues/<string:issue>")
class OneIssue(MethodView):
    """One issue, by id or code."""

    @requires("visits:read")
    @blueprint.response(200, schemas.IssueDetailOutput, example=examples.DETAIL, headers=_ETAG)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, issue: str) -> Response:
        """Read an issue."""
        return _shown(queries.detail(session(), issue, principal()))


@blueprint.route("/issues/<string:issue>/moves")
class Moves(MethodView):
    """Its way from report to end."""

    @requires("visits:write")
    @blueprint.arguments(schemas.MoveInput(), example=examples.MOVE)
    @blueprint.response(200, schemas.IssueDetailOutput, example=examples.MOVED, headers=_ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], issue: str) -> Response:
        """Move an issue; escalating has an address of its own. 409: the move is not possible in its state."""
        who = principal()
        made = Move(given.pop("move"))
        locked, _ = queries.for_move(session(), issue, given["into"] if made == Move.MERGE else None, who)
        check_if_match(locked.version)
        move(session(), issue, who, made, **given)
        return _shown(queries.in_full(session(), issue, who))


@blueprint.route("/issues/<string:issue>/timeline")
class Timeline(MethodView):
    """What happened to an issue."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(TimelineEntryOutput), example=TIMELINE_EXAMPLE)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """Read what happened, oldest first, in Vietnamese and English."""
        issue_id = queries.id_of(session(), issue, principal())
        return page_of_issue(session(), issue_id, **paging)


def _shown(found: dict[str, Any]) -> Response:
    answer = jsonify(found)
    answer.headers["ETag"] = etag_of(found["version"])
    return answer
