"""The HTTP interface of reviews."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.reviews import queries, schemas
from services.assignments.reviews.actions import begin, cancel, conclude, decide
from services.assignments.reviews.model import Campaign, Item
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("reviews", __name__, description="Assignments looked at one by one, and changed together")


def _shown(campaign: Campaign) -> tuple[dict[str, Any], dict[str, str]]:
    [found] = queries.shown(session(), principal(), campaign)
    return found, {"ETag": etag_of(campaign.version)}


@blueprint.route("/reviews")
class Reviews(MethodView):
    """The campaigns inside the territory, and those that reach into it."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.CampaignFilters, location="query")
    @blueprint.response(
        200, page_of(schemas.CampaignOutput), example={"items": [schemas.CAMPAIGN_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List campaigns, the newest first; `overdue` shows those that nobody finishes."""
        return queries.page(session(), filters, principal())

    @requires("assignments:write")
    @blueprint.arguments(schemas.CampaignInput, example=schemas.CAMPAIGN_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.CampaignOutput, example=schemas.CAMPAIGN_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Begin a campaign: it looks at every assignment to these posts that is in force today."""
        campaign = begin(session(), principal(), **given)
        found, headers = _shown(campaign)
        return found, headers | {"Location": f"{request.path}/{campaign.id}"}


@blueprint.route("/reviews/<uuid:campaign_id>")
class OneReview(MethodView):
    """One campaign."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.CampaignOutput, example=schemas.CAMPAIGN_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, campaign_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Read a campaign, with how far it is."""
        return _shown(queries.one(session(), campaign_id, principal()))


@blueprint.route("/reviews/<uuid:campaign_id>/progress")
class Progress(MethodView):
    """How far each unit is."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.ProgressOutput), example={"items": [schemas.PROGRESS_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, paging: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
        """List the units directly below the campaign's (of a province: its districts) and how far each is."""
        return queries.progress(session(), queries.one(session(), campaign_id, principal()), **paging)


@blueprint.route("/reviews/<uuid:campaign_id>/items")
class Items(MethodView):
    """What a campaign looks at."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.ReviewItemFilters, location="query")
    @blueprint.response(
        200, page_of(schemas.ReviewItemOutput), example={"items": [schemas.ITEM_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, filters: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
        """List the assignments it looks at inside the territory, and what is decided on each."""
        campaign = queries.one(session(), campaign_id, principal())
        return queries.items(session(), campaign, filters, principal())


@blueprint.route("/reviews/<uuid:campaign_id>/items/<uuid:assignment_id>")
class OneItem(MethodView):
    """One assignment it looks at."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.ReviewItemOutput, example=schemas.ITEM_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, campaign_id: UUID, assignment_id: UUID) -> tuple[Item, dict[str, str]]:
        """Read what is decided on it; the ETag is for deciding."""
        campaign = queries.one(session(), campaign_id, principal())
        item = queries.item(session(), campaign, assignment_id, principal())
        return item, {"ETag": etag_of(item.version)}

    @requires("assignments:write")
    @blueprint.arguments(schemas.ReviewDecisionInput, example=schemas.DECISION_EXAMPLE)
    @blueprint.response(200, schemas.ReviewItemOutput, example=schemas.ITEM_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], campaign_id: UUID, assignment_id: UUID) -> tuple[Item, dict[str, str]]:
        """Keep, change or end it, with the reason. Nothing happens to it before the campaign is applied."""
        campaign = queries.one(session(), campaign_id, principal(), lock=True)
        item = queries.item(session(), campaign, assignment_id, principal(), lock=True)
        check_if_match(item.version)
        decide(session(), principal(), campaign, item, **given)
        return item, {"ETag": etag_of(item.version)}


@blueprint.route("/reviews/<uuid:campaign_id>/history")
class History(MethodView):
    """Every decision taken in a campaign."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.DecidedOutput), example={"items": [schemas.DECIDED_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, paging: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
        """List every decision inside the territory, also those decided otherwise later."""
        campaign = queries.one(session(), campaign_id, principal())
        return queries.history(session(), campaign, principal(), **paging)


@blueprint.route("/reviews/<uuid:campaign_id>/application")
class Application(MethodView):
    """What was decided becomes real."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.ConclusionInput, example={"dry_run": True})
    @blueprint.response(200, schemas.ConclusionOutput, example=schemas.CONCLUSION_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], campaign_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Apply everything decided, all or nothing; a dry run lists what would end and start and what would be
        refused. Every decision changes the campaign's ETag: what is applied is what the dry run showed."""
        campaign = queries.one(session(), campaign_id, principal(), lock=True)
        check_if_match(campaign.version)
        done = conclude(session(), principal(), campaign, **given)
        return done, {"ETag": etag_of(campaign.version)}


@blueprint.route("/reviews/<uuid:campaign_id>/cancellation")
class Cancellation(MethodView):
    """The end of a campaign without effect."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.CancellationInput, example={"reason": "Chờ sắp xếp đơn vị hành chính."})
    @blueprint.response(200, schemas.CampaignOutput, example=schemas.CAMPAIGN_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], campaign_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
        """Cancel a campaign; what was decided in it stays to be read."""
        campaign = queries.one(session(), campaign_id, principal(), lock=True)
        check_if_match(campaign.version)
        return _shown(cancel(session(), principal(), campaign, given["reason"]))
