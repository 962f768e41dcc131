"""The HTTP interface of cadence."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.visits.cadence import actions, examples, queries, schemas
from services.visits.cadence.model import CadenceRule, Excusal
from services.visits.cadence.rules import REGULAR
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("cadence", __name__, description="What is due of whom, where, and how often")


@blueprint.route("/cadence/due")
class Due(MethodView):
    """What is regular inside the territory."""

    @requires("visits:read")
    @blueprint.arguments(schemas.DueFilters(), location="query")
    @blueprint.response(200, page_of(schemas.DueOutput), example=examples.page(examples.DUE))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List what is upcoming, due and overdue, the most overdue first."""
        return queries.page(session(), filters, principal())


@blueprint.route("/unused-duties")
class UnusedDuties(MethodView):
    """Assignments of whose duties some were never exercised."""

    @requires("visits:read")
    @blueprint.arguments(schemas.UnusedFilters(), location="query")
    @blueprint.response(200, page_of(schemas.UnusedOutput), example=examples.page(examples.UNUSED))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List duties never exercised since the assignment began; one that could not be due yet is not listed."""
        return queries.unused(session(), filters, principal())


@blueprint.route("/cadence/rules")
class Rules(MethodView):
    """How often."""

    @requires("visits:read")
    @blueprint.response(200, schemas.CadenceRuleList, example={"items": [examples.RULE]})
    def get(self) -> dict[str, Any]:
        """List all rules; the list is short and has one page."""
        return {"items": queries.cadence_rules(session())}


@blueprint.route("/cadence/rules/<string:post>/<string:activity>")
class OneRule(MethodView):
    """How often the holders of a post do something."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.CadenceRuleInput(), example=examples.RULE_INPUT)
    @blueprint.response(200, schemas.CadenceRuleOutput, example=examples.RULE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], post: str, activity: str) -> tuple[CadenceRule, dict[str, str]]:
        """Change a rule, or add the one for a post that has none (If-Match: *)."""
        if activity not in REGULAR or not 1 <= len(post) <= 60:
            raise NotFound()
        rule = queries.rule_of(session(), post, activity)
        check_if_match(rule.version)
        return actions.set_rule(session(), principal(), rule, given), {"ETag": etag_of(rule.version)}


@blueprint.route("/excusals")
class Excusals(MethodView):
    """Excused periods."""

    @requires("visits:read")
    @blueprint.arguments(schemas.ExcusalFilters(), location="query")
    @blueprint.response(200, page_of(schemas.ExcusalOutput), example=examples.page(examples.EXCUSAL))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List excused periods, newest first, also those withdrawn."""
        return queries.excusals(session(), filters, principal())

    @requires("visits:write")
    @blueprint.arguments(schemas.ExcusalInput(), example=examples.EXCUSAL_INPUT)
    @blueprint.response(201, schemas.ExcusalOutput, example=examples.EXCUSAL)
    def post(self, given: dict[str, Any]) -> Excusal:
        """Excuse an official for a time: its days are not counted in any cadence."""
        return actions.excuse(session(), principal(), given)


@blueprint.route("/excusals/<uuid:excusal_id>")
class OneExcusal(MethodView):
    """One excused period."""

    @requires("visits:write")
    @blueprint.response(204)
    @may_be_missing()
    def delete(self, excusal_id: UUID) -> None:
        """Withdraw it; it stays in the record and counts no more."""
        who = principal()
        actions.withdraw(session(), who, queries.excusal(session(), excusal_id, who))


@blueprint.route("/activities")
class Activities(MethodView):
    """What officials did for a place."""

    @requires("visits:write")
    @blueprint.arguments(schemas.ActivityInput(), example=examples.ACTIVITY_INPUT)
    @blueprint.response(201, schemas.ActivityOutput, example=examples.ACTIVITY)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Note a meeting or another contact of an official with a commune."""
        return actions.note(session(), principal(), given)
