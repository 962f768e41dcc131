"""The HTTP interface of rule sets."""

from typing import Any

from flask.views import MethodView

from services.assignments.posts.model import Post
from services.assignments.posts.schemas import POST_EXAMPLE, PostOutput
from services.assignments.rulesets import presets, queries, schemas
from services.assignments.rulesets.actions import apply, retire
from shared import clock
from shared.errors import BadInput, NotFound
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("rulesets", __name__, description="All posts, steps and mandates as one document")


@blueprint.route("/rules")
class Rules(MethodView):
    """The rules in force."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.RulesFilters, location="query")
    @blueprint.response(200, schemas.RuleSetOutput, example=schemas.RULES_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Read the rules of a day as one document, in the form in which it can be changed and applied."""
        found = queries.document(session(), filters["at"] or clock.today())
        return {"name": "current", "title_vi": None, "title_en": None, "source": None, "posts": found}


@blueprint.route("/rules/presets")
class Presets(MethodView):
    """The rule sets that come along."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.PresetsOutput, example={"items": [schemas.PRESET_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List them; the list is short and has one page."""
        return {"items": list(presets.presets().values())}


@blueprint.route("/rules/presets/<string:preset>")
class OnePreset(MethodView):
    """One of them."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.RuleSetOutput, example=schemas.RULES_EXAMPLE | schemas.PRESET_EXAMPLE)
    @may_be_missing()
    def get(self, preset: str) -> dict[str, Any]:
        """Read a rule set that comes along."""
        try:
            return presets.named(preset)
        except BadInput as error:
            raise NotFound() from error


@blueprint.route("/rules/applications")
class Applications(MethodView):
    """Rule sets that were applied."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.ApplicationFilters, location="query")
    @blueprint.response(
        200,
        page_of(schemas.ApplicationOutput),
        example={"items": [schemas.APPLICATION_EXAMPLE], "next_cursor": None},
    )
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """List what was applied, the latest first, with what it changed."""
        return queries.applications(session(), **paging)

    @requires("assignments:write")
    @blueprint.arguments(schemas.ApplicationInput, example=schemas.APPLICATION_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.RuleSetReportOutput, example=schemas.REPORT_EXAMPLE)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Let a set of rules hold from a day on; a dry run says what that would change. Refused, naming each field,
        when an escalation would be lost."""
        preset, own = given.pop("preset"), given.pop("rules")
        return apply(session(), principal(), own or presets.named(preset), **given)


@blueprint.route("/posts/<string:post>/retirement")
class Retirement(MethodView):
    """The end of a post."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.RetirementInput, example={"valid_to": "2025-07-01", "end_assignments": True})
    @blueprint.response(200, PostOutput, example=POST_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], post: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Let a post be no more from a day on; all that is recorded of it stays."""
        found = session().get(Post, post, with_for_update=True)
        if found is None:
            raise NotFound()
        check_if_match(found.version)
        retired = retire(session(), principal(), found, given["valid_to"], given["end_assignments"])
        return retired, {"ETag": etag_of(retired["version"])}
