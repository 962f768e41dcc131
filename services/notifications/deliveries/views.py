"""Notifications and how their delivery went: failures are visible here."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.notifications.deliveries.queries import attempts_of
from services.notifications.deliveries.schemas import (
    DETAIL_EXAMPLE,
    NotificationDetailOutput,
    NotificationFilters,
)
from services.notifications.notifications import queries
from services.notifications.notifications.schemas import PAGE_EXAMPLE, NotificationOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("deliveries", __name__, description="Notifications and how their delivery went")


@blueprint.route("/notifications")
class Notifications(MethodView):
    """All notifications inside the territory."""

    @requires("notifications:read")
    @blueprint.arguments(NotificationFilters, location="query")
    @blueprint.response(200, page_of(NotificationOutput), example=PAGE_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List notifications, newest first; those with state=pending by when they are due."""
        return queries.listing(session(), principal(), **filters)


@blueprint.route("/notifications/<uuid:notification_id>")
class OneNotification(MethodView):
    """One notification."""

    @requires("notifications:read")
    @blueprint.response(200, NotificationDetailOutput, example=DETAIL_EXAMPLE)
    @blueprint.alt_response(404, description="No such notification inside the territory")
    def get(self, notification_id: UUID) -> dict[str, Any]:
        """Read a notification with every attempt to deliver it."""
        found = queries.one(session(), principal(), notification_id)
        return found | {"delivery_attempts": attempts_of(session(), notification_id)}
