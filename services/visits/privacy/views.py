"""The HTTP interface of reporters' contacts."""

from typing import Any

from flask.views import MethodView

from services.visits.issues.model import Reporter
from services.visits.issues.queries import id_of
from services.visits.privacy import actions, queries, schemas
from services.visits.privacy.model import PrivacyRule
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("privacy", __name__, description="Who reported: read with a reason, erased in time")


@blueprint.route("/issues/<string:issue>/reporter")
class TheReporter(MethodView):
    """Who reported an issue."""

    @requires("visits:contacts")
    @blueprint.arguments(schemas.WhyArgs(), location="query")
    @blueprint.response(200, schemas.ReporterOutput, example=schemas.REPORTER_EXAMPLE)
    @blueprint.alt_response(410, description="It has been erased")
    @may_be_missing()
    def get(self, given: dict[str, Any], issue: str) -> dict[str, str | None]:
        """Read who reported; that you did, and why, is noted."""
        return actions.read_contact(session(), issue, principal(), **given)


@blueprint.route("/issues/<string:issue>/reporter/reads")
class Reads(MethodView):
    """Who was shown it."""

    @requires("visits:contacts")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(
        200, page_of(schemas.ReadOutput), example={"items": [schemas.READ_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """List who read it, when and why, oldest first."""
        return queries.reads(session(), id_of(session(), issue, principal()), **paging)


@blueprint.route("/issues/<string:issue>/reporter/erasure")
class Erasure(MethodView):
    """Its end."""

    @requires("visits:contacts")
    @blueprint.arguments(schemas.ErasureInput(), example=schemas.ERASURE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.ErasureOutput, example=schemas.ERASURE_EXAMPLE)
    @may_be_missing()
    def post(self, given: dict[str, Any], issue: str) -> Reporter:
        """Erase who reported, now. It cannot be undone."""
        return actions.erase(session(), issue, principal(), **given)


@blueprint.route("/privacy-rules")
class Rules(MethodView):
    """How long it is kept."""

    @requires("visits:read")
    @blueprint.response(200, schemas.RuleList, example={"items": [schemas.RULE_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List all rules; the list is short and has one page."""
        return {"items": queries.rules(session())}


@blueprint.route("/privacy-rules/<string:rule_code>")
class OneRule(MethodView):
    """One rule."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.RuleInput(), example=schemas.RULE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.RuleOutput, example=schemas.RULE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], rule_code: str) -> tuple[PrivacyRule, dict[str, str]]:
        """Change how long something is kept."""
        rule = actions.open_rule(session(), rule_code, principal())
        check_if_match(rule.version)
        return actions.set_rule(session(), rule, given), {"ETag": etag_of(rule.version)}
