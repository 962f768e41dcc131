"""The links of grouped mail: acknowledging everything it lists, and unsubscribing from digests (RFC 8058)."""

from typing import Any

from flask import request
from flask.views import MethodView
from flask_limiter import Limiter

from services.notifications.acknowledgements.actions import acknowledge
from services.notifications.grouping import queries, schemas
from services.notifications.grouping.tokens import GroupTokens, Purpose
from services.notifications.preferences.actions import unsubscribe
from shared.web.auth import public
from shared.web.input import Blueprint
from shared.web.service import session

LINK_RATE = "120 per minute"  # for each link


def grouping_blueprint(tokens: GroupTokens) -> tuple[Blueprint, Limiter]:
    """The endpoints behind the links, and their limiter, to be installed in the application."""
    links = Blueprint("grouping", __name__, description="The links of grouped mail")
    limiter = Limiter(key_func=lambda: request.path, storage_uri="memory://", headers_enabled=True)

    @links.route("/bundle-acknowledgements/<string:token>")
    class Bundle(MethodView):
        """Everything that one mail listed."""

        decorators = [limiter.limit(LINK_RATE)]

        @public  # whoever holds the signed link was sent it: it is the permission, for what that mail listed
        @links.response(200, schemas.BundleOutput, example=schemas.BUNDLE_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def get(self, token: str) -> dict[str, Any]:
            """Read what there is to acknowledge. Changes nothing: mail scanners open links, too."""
            bundle, expires_at = tokens.read(Purpose.ACKNOWLEDGE_ALL, token)
            return queries.bundle_data(session(), bundle) | {"expires_at": expires_at}

        @public  # as above
        @links.response(200, schemas.BundleOutput, example=schemas.BUNDLE_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def post(self, token: str) -> dict[str, Any]:
            """Acknowledge all of it; what was acknowledged before stays as it is."""
            bundle, expires_at = tokens.read(Purpose.ACKNOWLEDGE_ALL, token)
            for notification_id in queries.unacknowledged(session(), bundle):
                acknowledge(session(), notification_id, "link")
            session().flush()
            return queries.bundle_data(session(), bundle) | {"expires_at": expires_at}

    @links.route("/unsubscriptions/<string:token>")
    class Unsubscription(MethodView):
        """The digests of one official."""

        decorators = [limiter.limit(LINK_RATE)]

        @public  # whoever holds the signed link was sent it: it is the permission, to be sent less
        @links.response(200, schemas.SubscriptionOutput, example=schemas.SUBSCRIPTION_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def get(self, token: str) -> dict[str, Any]:
            """Read whether digests are sent. Changes nothing: mail scanners open links, too."""
            official_id, _ = tokens.read(Purpose.UNSUBSCRIBE, token)
            return queries.subscription(session(), official_id)

        @public  # as above
        @links.response(200, schemas.SubscriptionOutput, example=schemas.SUBSCRIPTION_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def post(self, token: str) -> dict[str, Any]:
            """Send no more digests of what one may do without; what is mandatory goes on."""
            official_id, _ = tokens.read(Purpose.UNSUBSCRIBE, token)
            unsubscribe(session(), official_id, "link")
            return queries.subscription(session(), official_id)

    return links, limiter
