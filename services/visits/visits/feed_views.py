"""The HTTP interface of calendar feeds."""

import hashlib
from typing import Any
from uuid import UUID

import orjson
from flask import Response, after_this_request, request
from flask.views import MethodView

from services.visits.visits import examples, feeds, schemas
from shared.web.auth import principal, public, requires
from shared.web.documented import may_be_missing
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

_EXAMPLE = {"items": [examples.FEED], "next_cursor": None}


def feeds_blueprint(public_url: str) -> Blueprint:
    """Calendar feeds; `public_url` is where calendar programs reach this system."""
    blueprint = Blueprint("calendar_feeds", __name__, description="Visits in a calendar program")

    @blueprint.route("/calendar-feeds")
    class Feeds(MethodView):
        """The feeds there are."""

        @requires("visits:write")
        @blueprint.arguments(schemas.CalendarFeedInput(), example={"official": examples.PLAN["official"]})
        @blueprint.response(201, schemas.NewCalendarFeedOutput, example=examples.FEED | {"address": None})
        def post(self, given: dict[str, Any]) -> dict[str, Any]:
            """Make a secret address of an official's visits; it is shown this once."""
            feed, secret = feeds.make_feed(session(), given["official"], principal())
            address = f"{public_url}{request.path.rpartition('/')[0]}/calendar/{secret}.ics"

            @after_this_request
            def _reveal(response: Response) -> Response:
                # After the edge has kept the answer for its Idempotency-Key: the secret is stored nowhere.
                response.set_data(orjson.dumps(orjson.loads(response.get_data()) | {"address": address}))
                return response

            return feeds.shown(feed) | {"address": None}

        @requires("visits:write")
        @blueprint.arguments(schemas.CalendarFeedFilters(), location="query")
        @blueprint.response(200, page_of(schemas.CalendarFeedOutput), example=_EXAMPLE)
        def get(self, filters: dict[str, Any]) -> dict[str, Any]:
            """List feeds that are not revoked, newest first, without their secrets."""
            return feeds.page(session(), filters, principal())

    @blueprint.route("/calendar-feeds/<uuid:feed_id>")
    class OneFeed(MethodView):
        """One feed."""

        @requires("visits:write")
        @blueprint.response(204)
        @may_be_missing()
        def delete(self, feed_id: UUID) -> None:
            """Revoke a feed: its address is unknown from now on."""
            feeds.revoke(session(), feed_id, principal())

    @blueprint.route("/calendar/<string:secret>.ics")
    class CalendarFile(MethodView):
        """The calendar itself."""

        @public  # calendar programs send no token: the address is the secret
        @blueprint.response(200, {"type": "string"}, content_type="text/calendar", description="RFC 5545")
        @blueprint.alt_response(304, description="Nothing has changed", success=True)
        @may_be_missing()
        def get(self, secret: str) -> Response:
            """Read an official's visits with a calendar program."""
            body = feeds.read(session(), secret)
            response = Response(body, mimetype="text/calendar")
            response.headers["Content-Disposition"] = 'inline; filename="caunoi.ics"'
            response.headers["Cache-Control"] = "private, no-cache"
            response.set_etag(hashlib.sha256(body).hexdigest())
            response.make_conditional(request)
            return response

    return blueprint
