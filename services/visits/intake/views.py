"""The HTTP interface of intake: its rules and its counts. Reports themselves come in through `issues`."""

from typing import Any

from flask.views import MethodView

from services.visits.intake import actions, queries, schemas
from services.visits.intake.model import IntakeGuidance, IntakePhrase
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("intake", __name__, description="What is not handled here, and where it belongs")


@blueprint.route("/intake-phrases")
class Phrases(MethodView):
    """What reports are looked through for."""

    @requires("visits:read")
    @blueprint.response(200, schemas.PhraseList, example={"items": [schemas.PHRASE_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List all phrases with their weights and sources; the list is short and has one page."""
        return {"items": queries.phrases(session())}


@blueprint.route("/intake-phrases/<string:phrase_code>")
class OnePhrase(MethodView):
    """One phrase."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.PhraseInput(), example=schemas.PHRASE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.PhraseOutput, example=schemas.PHRASE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], phrase_code: str) -> tuple[IntakePhrase, dict[str, str]]:
        """Change a phrase, or add a new one (If-Match: *). It is taken up everywhere within ten seconds."""
        phrase = actions.open_phrase(session(), phrase_code, principal())
        check_if_match(phrase.version)
        return actions.set_phrase(session(), phrase, given), {"ETag": etag_of(phrase.version)}


@blueprint.route("/intake-guidance")
class Guidance(MethodView):
    """What people are told."""

    @requires("visits:read")
    @blueprint.response(200, schemas.GuidanceList, example={"items": [schemas.GUIDANCE_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List what is said of each outcome, and from which weight; the list is short and has one page."""
        return {"items": queries.guidance(session())}


@blueprint.route("/intake-guidance/<string:outcome>")
class OneGuidance(MethodView):
    """What people are told of one outcome."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.GuidanceInput(), example=schemas.GUIDANCE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.GuidanceOutput, example=schemas.GUIDANCE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], outcome: str) -> tuple[IntakeGuidance, dict[str, str]]:
        """Change what is said, and from which weight."""
        guidance = actions.open_guidance(session(), outcome, principal())
        check_if_match(guidance.version)
        return actions.set_guidance(session(), guidance, given), {"ETag": etag_of(guidance.version)}


@blueprint.route("/intake-counts")
class Counts(MethodView):
    """How often something was sent elsewhere."""

    @requires("visits:read")
    @blueprint.arguments(schemas.CountFilters(), location="query")
    @blueprint.response(200, page_of(schemas.CountOutput), example=schemas.COUNTS_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List counts by unit, local day and outcome, newest first; nothing else is kept of those reports."""
        return queries.counts(session(), filters, principal())
