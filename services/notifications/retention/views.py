"""The HTTP interface of retention. It holds everywhere: no territory narrows it, and only whose territory is
everything sets it."""

from typing import Any

from flask.views import MethodView

from services.notifications.documented import changes_a_record, may_be_missing
from services.notifications.retention import actions, queries, schemas
from services.notifications.retention.model import RetentionRule
from shared.web.auth import principal, requires
from shared.web.documented import ETAG
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("retention", __name__, description="How long what was said is kept")


@blueprint.route("/retention-rules")
class RetentionRules(MethodView):
    """The rules."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.RetentionRuleList, example={"items": [schemas.RULE_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List how long each kind is kept; the list is short and has one page."""
        return {"items": queries.rules(session())}


@blueprint.route("/retention-rules/<string:kind>")
class OneRetentionRule(MethodView):
    """The rule of one kind."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.RetentionRuleOutput, example=schemas.RULE_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, kind: str) -> tuple[RetentionRule, dict[str, str]]:
        """Read a rule."""
        found = queries.rule(session(), kind)
        return found, {"ETag": etag_of(found.version)}

    @requires("notifications:write")
    @blueprint.arguments(schemas.RetentionRuleInput(), example=schemas.RULE_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.RetentionRuleOutput, example=schemas.RULE_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], kind: str) -> tuple[RetentionRule, dict[str, str]]:
        """Change a rule; what is past its time then is forgotten within the hour."""
        found = actions.open_rule(session(), kind, principal())
        check_if_match(found.version)
        return actions.set_rule(session(), found, given), {"ETag": etag_of(found.version)}
