"""The HTTP interface of duplicates: what looks alike, and making one of two."""

from typing import Any

from flask.views import MethodView

from services.visits.duplicates import actions, queries, schemas
from services.visits.duplicates.rules import Likeness
from services.visits.issues.model import Issue
from services.visits.issues.queries import for_move, id_of
from services.visits.units.queries import reporting_unit
from shared.web.auth import principal, requires
from shared.web.documented import changes_a_record
from shared.web.etag import check_if_match
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("duplicates", __name__, description="Issues that are the same, and making one of two")

_NOT_FOUND = "No such issue inside the territory"


@blueprint.route("/issues/similar")
class Similar(MethodView):
    """Before reporting: is it there already?"""

    @requires("visits:write")
    @blueprint.arguments(schemas.SimilarInput(), example=schemas.SIMILAR_EXAMPLE)
    @blueprint.response(200, schemas.SimilarList)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Look for issues like one that would be reported; nothing is kept of it."""
        place, who = reporting_unit(session(), given["unit"]), principal()
        who.check(place.unit.path)
        wanted = Likeness.of(given["title"], given["description"])
        path, category = place.unit.path, given["category"]
        return {"items": queries.similar(session(), wanted, who, unit_path=path, category=category)}


@blueprint.route("/issues/<string:issue>/similar")
class SimilarToOne(MethodView):
    """Of a reported issue: what looks like it?"""

    @requires("visits:read")
    @blueprint.response(200, schemas.SimilarList)
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, issue: str) -> dict[str, Any]:
        """Find recent issues like this one, of the same commune and its neighbours, best first; one page."""
        who = principal()
        one = session().get_one(Issue, id_of(session(), issue, who))
        wanted = Likeness.of(one.title, one.description)
        place = {"unit_path": one.unit_path, "category": one.category}
        return {"items": queries.similar(session(), wanted, who, leave_out=one.id, **place)}


@blueprint.route("/issues/<string:issue>/merge")
class Merging(MethodView):
    """Making one issue of two."""

    @requires("visits:write")
    @blueprint.arguments(schemas.MergeInput(), example=schemas.MERGE_EXAMPLE)
    @blueprint.response(201, schemas.MergeOutput)
    @changes_a_record()
    def post(self, given: dict[str, Any], issue: str) -> dict[str, Any]:
        """Let this issue go on in another, open one, which gets its watchers and links. 409: it is closed."""
        gone, into = for_move(session(), issue, given["into"], principal())
        assert into is not None  # it is named
        check_if_match(gone.version)
        merged = actions.merge(session(), gone, into, given, principal())
        return queries.shown(merged, gone.code, gone.title, into.code, into.title)


@blueprint.route("/issues/<string:issue>/merges")
class Merges(MethodView):
    """Where an issue went, and what went on in it."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.MergeOutput))
    @blueprint.alt_response(404, description=_NOT_FOUND)
    def get(self, paging: dict[str, Any], issue: str) -> dict[str, Any]:
        """List the merges of an issue, oldest first."""
        who = principal()
        return queries.merges(session(), id_of(session(), issue, who), who, paging)


@blueprint.route("/similarity-rule")
class TheRule(MethodView):
    """What counts as similar."""

    @requires("visits:read")
    @blueprint.response(200, schemas.SimilarityRuleOutput)
    def get(self) -> Any:
        """Read what counts as similar, and who decided so."""
        return queries.rule(session())

    @requires("visits:configure")
    @blueprint.arguments(schemas.SimilarityRuleInput(), example=schemas.RULE_EXAMPLE)
    @blueprint.response(200, schemas.SimilarityRuleOutput)
    def put(self, given: dict[str, Any]) -> Any:
        """Change it; needs a token for all provinces."""
        return actions.set_rule(session(), given, principal())
