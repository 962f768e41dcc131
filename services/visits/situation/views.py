"""The HTTP interface of the situation."""

from typing import Any

from flask.views import MethodView

from services.visits.situation import actions, queries, schemas
from services.visits.situation.model import Threshold
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("situation", __name__, description="What is known of each commune, and since when")


@blueprint.route("/freshness")
class Freshness(MethodView):
    """Today's communes inside the territory."""

    @requires("visits:read")
    @blueprint.arguments(schemas.FreshnessFilters(), location="query")
    @blueprint.response(
        200,
        page_of(schemas.FreshnessOutput),
        example={"items": [schemas.FRESHNESS_EXAMPLE], "next_cursor": None},
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List the communes with the last visit, meeting, report, feedback, contact and issue of each."""
        return queries.freshness(session(), filters, principal())


@blueprint.route("/silent-communes")
class SilentCommunes(MethodView):
    """Communes of which nothing is heard."""

    @requires("visits:read")
    @blueprint.arguments(schemas.SilentFilters(), location="query")
    @blueprint.response(
        200,
        schemas.SilentPage,
        example={"items": [schemas.FRESHNESS_EXAMPLE], "next_cursor": None, "days": 30},
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List communes without any activity or issue for some days, the longest silent first."""
        return queries.silent(session(), filters, principal())


@blueprint.route("/contact-counts")
class ContactCounts(MethodView):
    """How often each official was in contact with each commune."""

    @requires("visits:read")
    @blueprint.arguments(schemas.ContactFilters(), location="query")
    @blueprint.response(
        200,
        page_of(schemas.ContactCountOutput),
        example={"items": [schemas.CONTACT_EXAMPLE], "next_cursor": None},
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Count what each official did for each commune in a period."""
        return queries.contacts(session(), filters, principal())


@blueprint.route("/thresholds")
class Thresholds(MethodView):
    """After how many days something is worth a look."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ThresholdList, example={"items": [schemas.THRESHOLD_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List all thresholds; the list is short and has one page."""
        return {"items": queries.thresholds(session())}


@blueprint.route("/thresholds/<string:threshold>")
class OneThreshold(MethodView):
    """One threshold."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.ThresholdInput(), example=schemas.THRESHOLD_INPUT_EXAMPLE)
    @blueprint.response(200, schemas.ThresholdOutput, example=schemas.THRESHOLD_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], threshold: str) -> tuple[Threshold, dict[str, str]]:
        """Change a threshold."""
        found = actions.locked(session(), threshold)
        check_if_match(found.version)
        return actions.change(principal(), found, **given), {"ETag": etag_of(found.version)}
