"""The HTTP interface of feedback, of closing a visit with it, and of its rules."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.feedback import actions, queries, schemas
from services.visits.feedback.model import Feedback, FeedbackFollowUp, WordingRule
from services.visits.feedback.rules import RULE_CODE
from services.visits.visits import queries as visits
from services.visits.visits.schemas import VisitDetailOutput
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("feedback", __name__, description="What officials tell a commune, and what became of it")

Answer = tuple[dict[str, Any], dict[str, str]]

_ANSWER = {"move": "accept", "text": "UBND xã sửa cống trước ngày 20/3.", "by": "Chủ tịch UBND xã"}
_RULE_EXAMPLE = {
    "kind": "flag",
    "test": "words",
    "words": ["tăng cường", "đẩy mạnh"],
    "message_vi": "Cách nói chung chung.",
    "message_en": "General wording.",
    "source": "Quyết định của Ban Tổ chức Tỉnh ủy",
}


@blueprint.route("/feedback")
class AllFeedback(MethodView):
    """Feedback inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.FeedbackInput(), example=schemas.FEEDBACK_EXAMPLE)
    @blueprint.response(201, schemas.FeedbackDetailOutput, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Give feedback. 422 with flags: its wording is general; confirm_general gives it nevertheless."""
        feedback = actions.give(session(), given, principal())
        body, headers = _shown(feedback)
        return body, headers | {"Location": f"{request.path}/{feedback.id}"}

    @requires("visits:read")
    @blueprint.arguments(schemas.FeedbackFilters(), location="query")
    @blueprint.response(200, page_of(schemas.FeedbackOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List feedback, newest first; what is restricted only with visits:write."""
        return queries.page(session(), filters, principal())


@blueprint.route("/feedback/<uuid:feedback_id>")
class OneFeedback(MethodView):
    """One piece of feedback."""

    @requires("visits:read")
    @blueprint.response(200, schemas.FeedbackDetailOutput, headers=ETAG)
    @may_be_missing()
    def get(self, feedback_id: UUID) -> Answer:
        """Read feedback with its answer and history."""
        return _shown(queries.one(session(), feedback_id, principal()))


@blueprint.route("/feedback/<uuid:feedback_id>/moves")
class FeedbackMoves(MethodView):
    """Answering and following up."""

    @requires("visits:write")
    @blueprint.arguments(schemas.FeedbackMoveInput(), example=_ANSWER)
    @blueprint.response(201, schemas.FeedbackDetailOutput, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], feedback_id: UUID) -> Answer:
        """Accept feedback with what will be done, explain, say that it is done, or open it again."""
        feedback = queries.one(session(), feedback_id, principal(), locked=True)
        check_if_match(feedback.version)
        actions.move(session(), feedback, given, principal())
        return _shown(feedback)


@blueprint.route("/visits/<uuid:visit_id>/close")
class Closing(MethodView):
    """What a visit led to."""

    @requires("visits:write")
    @blueprint.arguments(
        schemas.VisitCloseInput(), example={"no_feedback_reason": "Chỉ dự lễ, không có nội dung làm việc."}
    )
    @blueprint.response(200, VisitDetailOutput, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], visit_id: UUID) -> Answer:
        """Close a visit that took place: with feedback, or with the reason why there is none."""
        visit = visits.one(session(), visit_id, principal(), locked=True)
        check_if_match(visit.version)
        actions.close_visit(session(), visit, given, principal())
        return visits.detailed(session(), visit), {"ETag": etag_of(visit.version)}


@blueprint.route("/wording-rules")
class WordingRules(MethodView):
    """What is refused or flagged in the wording of feedback."""

    @requires("visits:read")
    @blueprint.response(200, schemas.WordingRuleList)
    def get(self) -> dict[str, Any]:
        """List all rules; the list is short and has one page."""
        return {"items": queries.wording_rules(session())}


@blueprint.route("/wording-rules/<string:wording_rule>")
class OneWordingRule(MethodView):
    """One rule."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.WordingRuleInput(), example=_RULE_EXAMPLE)
    @blueprint.response(200, schemas.WordingRuleOutput, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], wording_rule: str) -> tuple[WordingRule, dict[str, str]]:
        """Change a rule, or add one under a new code (If-Match: *)."""
        rule = queries.wording_rule(session(), wording_rule)
        if rule is None:
            if not RULE_CODE.fullmatch(wording_rule):
                raise NotFound()
            rule = WordingRule(code=wording_rule, version=0)
        check_if_match(rule.version)
        actions.set_wording_rule(session(), rule, given, principal())
        return rule, {"ETag": etag_of(rule.version)}


@blueprint.route("/feedback-follow-up")
class FollowUp(MethodView):
    """How feedback is followed up."""

    @requires("visits:read")
    @blueprint.response(200, schemas.FeedbackFollowUpOutput, headers=ETAG)
    def get(self) -> tuple[FeedbackFollowUp, dict[str, str]]:
        """Read by when feedback is followed up that names no day, and how often those concerned are reminded."""
        rule = queries.follow_up(session())
        return rule, {"ETag": etag_of(rule.version)}

    @requires("visits:configure")
    @blueprint.arguments(schemas.FeedbackFollowUpInput())
    @blueprint.response(200, schemas.FeedbackFollowUpOutput, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any]) -> tuple[FeedbackFollowUp, dict[str, str]]:
        """Change it; what is waiting keeps its day."""
        rule = queries.follow_up(session())
        check_if_match(rule.version)
        actions.set_follow_up(session(), rule, given, principal())
        return rule, {"ETag": etag_of(rule.version)}


def _shown(feedback: Feedback) -> Answer:
    return queries.detailed(session(), feedback), {"ETag": etag_of(feedback.version)}
