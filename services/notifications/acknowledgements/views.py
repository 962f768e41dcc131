"""Acknowledging: by the link of a mail, or by a client on behalf of an official."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from flask_limiter import Limiter

from services.notifications.acknowledgements.actions import acknowledge
from services.notifications.acknowledgements.queries import page_data
from services.notifications.acknowledgements.schemas import (
    EXAMPLE,
    LINK_EXAMPLE,
    AcknowledgementOutput,
    LinkOutput,
)
from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.notifications import queries
from shared.web.auth import principal, public, requires
from shared.web.input import Blueprint
from shared.web.service import session

LINK_RATE = "120 per minute"  # for each link: people press buttons more than once, scripts more often

blueprint = Blueprint("acknowledgements", __name__, description="An official has seen it")


@blueprint.route("/notifications/<uuid:notification_id>/acknowledgement")
class Acknowledgement(MethodView):
    """The acknowledgement of one notification."""

    @requires("notifications:write")
    @blueprint.response(200, AcknowledgementOutput, example=EXAMPLE)
    @blueprint.alt_response(404, description="No such notification inside the territory")
    def post(self, notification_id: UUID) -> dict[str, Any]:
        """Acknowledge on behalf of the official, over all channels; again, it changes nothing."""
        who = principal()
        queries.one(session(), who, notification_id)  # 404 outside the territory
        acknowledge(session(), notification_id, f"client:{who.client_id}")
        return page_data(session(), notification_id)


def link_blueprint(tokens: Tokens) -> tuple[Blueprint, Limiter]:
    """The endpoints behind the links, and their limiter, to be installed in the application. It counts in this
    process's memory, so that it needs no server and cannot fail with one."""
    links = Blueprint("links", __name__, description="Acknowledging by the link of a mail")
    limiter = Limiter(key_func=lambda: request.path, storage_uri="memory://", headers_enabled=True)

    @links.route("/acknowledgements/<string:token>")
    class Link(MethodView):
        """The link of one mail."""

        decorators = [limiter.limit(LINK_RATE)]

        @public  # whoever holds the signed link was sent it: it is the permission, for one notification only
        @links.response(200, LinkOutput, example=LINK_EXAMPLE | {"acknowledged_at": None})
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def get(self, token: str) -> dict[str, Any]:
            """Read what there is to acknowledge. Changes nothing: mail scanners open links, too."""
            notification_id, expires_at = tokens.read(token)
            return page_data(session(), notification_id) | {"expires_at": expires_at}

        @public  # as above
        @links.response(200, LinkOutput, example=LINK_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def post(self, token: str) -> dict[str, Any]:
            """Acknowledge; again, it changes nothing and answers the same."""
            notification_id, expires_at = tokens.read(token)
            acknowledge(session(), notification_id, "link")
            return page_data(session(), notification_id) | {"expires_at": expires_at}

    return links, limiter
