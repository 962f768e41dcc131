"""The HTTP interface of the log: notifications and how their delivery went; failures are visible here."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.notifications.finding.schemas import NotificationFilters
from services.notifications.log import queries, schemas
from services.notifications.notifications.schemas import PAGE_EXAMPLE, NotificationOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("log", __name__, description="Notifications and how their delivery went")


@blueprint.route("/notifications")
class Notifications(MethodView):
    """All notifications inside the territory."""

    @requires("notifications:read")
    @blueprint.arguments(NotificationFilters, location="query")
    @blueprint.response(200, page_of(NotificationOutput), example=PAGE_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Search the log of notifications, newest first; those with state=pending by when they are due."""
        return queries.listing(session(), principal(), **filters)


@blueprint.route("/notifications/<uuid:notification_id>")
class OneNotification(MethodView):
    """One notification."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.NotificationDetailOutput, example=schemas.DETAIL_EXAMPLE)
    @blueprint.alt_response(404, description="No such notification inside the territory")
    def get(self, notification_id: UUID) -> dict[str, Any]:
        """Read a notification with every attempt to deliver it."""
        return queries.detail(session(), principal(), notification_id)


@blueprint.route("/delivery-attempts")
class DeliveryAttempts(MethodView):
    """All attempts inside the territory."""

    @requires("notifications:read")
    @blueprint.arguments(schemas.AttemptFilters, location="query")
    @blueprint.response(200, page_of(schemas.LoggedAttemptOutput), example=schemas.ATTEMPTS_EXAMPLE)
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List attempts to deliver, newest first: what was asked of which provider, and how it answered."""
        return queries.attempts(session(), principal(), **filters)
