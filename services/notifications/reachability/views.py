"""The HTTP interface of reachability: suppressed addresses, and what providers say came back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session

from services.notifications.reachability import queries, schemas
from services.notifications.reachability.actions import lift
from services.notifications.reachability.model import Suppression
from services.notifications.reachability.rules import DETAIL_LIMIT, Bounce, BounceKind, notification_of
from services.notifications.webhooks.rules import verified
from shared import clock
from shared.errors import Forbidden
from shared.web.auth import principal, public, requires
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("reachability", __name__, description="Addresses that mail does not reach")

Answer = tuple[Suppression, dict[str, str]]
Note = Callable[[Session, list[Bounce]], None]


@blueprint.route("/suppressions")
class Suppressions(MethodView):
    """Addresses that get no mail."""

    @requires("notifications:configure")
    @blueprint.arguments(schemas.SuppressionFilters, location="query")
    @blueprint.response(200, page_of(schemas.SuppressionOutput), example=schemas.PAGE_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List suppressed addresses, newest first; none unless the territory is everything."""
        return queries.listing(session(), principal(), **filters)


@blueprint.route("/suppressions/<uuid:suppression_id>")
class OneSuppression(MethodView):
    """One of them."""

    @requires("notifications:configure")
    @blueprint.response(200, schemas.SuppressionOutput, example=schemas.SUPPRESSION_EXAMPLE)
    @blueprint.alt_response(404, description="No such suppression")
    def get(self, suppression_id: UUID) -> Answer:
        """Read a suppressed address."""
        found = queries.one(session(), suppression_id, principal())
        return found, {"ETag": etag_of(found.version)}


@blueprint.route("/suppressions/<uuid:suppression_id>/lift")
class Lift(MethodView):
    """Mail may go there again."""

    @requires("notifications:configure")
    @blueprint.arguments(schemas.LiftInput, example=schemas.LIFT_EXAMPLE)
    @blueprint.response(200, schemas.SuppressionOutput, example=schemas.SUPPRESSION_EXAMPLE)
    @blueprint.alt_response(404, description="No such suppression")
    @blueprint.alt_response(412, description="Somebody was faster")
    @blueprint.alt_response(428, description="If-Match is missing")
    def post(self, given: dict[str, Any], suppression_id: UUID) -> Answer:
        """Lift a suppression, with the reason. Once."""
        found = queries.one(session(), suppression_id, principal(), lock=True)
        check_if_match(found.version)
        lift(session(), found, given["reason"], principal().client_id)
        return found, {"ETag": etag_of(found.version)}


def bounce_blueprint(secret: str, note: Note) -> Blueprint:
    """Where a provider says what came back, signed with this secret; without one nothing is believed."""
    blueprint = Blueprint("bounces", __name__, description="What mail providers say came back")

    @blueprint.route("/bounces")
    class Bounces(MethodView):
        """Reports of providers."""

        @public  # signed as Standard Webhooks says
        @blueprint.arguments(schemas.BounceInput, example=schemas.BOUNCE_EXAMPLE)
        @blueprint.response(204)
        @blueprint.alt_response(403, description="The signature is missing, wrong or too old")
        def post(self, given: dict[str, Any]) -> None:
            """Report a mail that came back; signed with webhook-id, webhook-timestamp and webhook-signature."""
            if not verified(
                {name.lower(): value for name, value in request.headers}, request.get_data(), secret, clock.now()
            ):
                raise Forbidden("The signature is missing, wrong or too old.")
            bounce = Bounce(
                key=f"report/{given['id']}",
                kind=BounceKind(given["kind"]),
                notification_id=notification_of(given["message_id"] or ""),
                address=given["address"],
                status=given["status"],
                detail=given["detail"][:DETAIL_LIMIT],
            )
            note(session(), [bounce])

    return blueprint
