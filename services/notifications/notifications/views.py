"""The in-app inbox."""

from typing import Any

from flask.views import MethodView

from services.notifications.notifications import queries
from services.notifications.notifications.schemas import PAGE_EXAMPLE, InboxArgs, NotificationOutput
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("inbox", __name__, description="What an official finds in the inbox")


@blueprint.route("/inbox")
class Inbox(MethodView):
    """The inbox of one official."""

    @requires("notifications:read")
    @blueprint.arguments(InboxArgs, location="query")
    @blueprint.response(200, page_of(NotificationOutput), example=PAGE_EXAMPLE)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Read an official's inbox, newest first. An official unknown here has an empty one."""
        return queries.inbox(session(), principal(), **args)
