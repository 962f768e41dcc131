"""A message to oneself, to see that one can be reached."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from flask_limiter import Limiter
from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.notices.actions import keep_notices
from services.notifications.notices.rules import Kind, id_of
from services.notifications.notifications.actions import notify
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel, State
from services.notifications.preferences.actions import open_preference
from shared import clock, trace
from shared.contracts.visits import REMINDER_DUE
from shared.errors import NotFound
from shared.ids import uuid7
from shared.messaging.events import Event
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import Output
from shared.web.service import session

RATE = "6 per hour"  # for each official

_TEXTS = {
    "title_vi": "Thư thử",
    "title_en": "Test message",
    "body_vi": "Đồng chí nhận được thư này nghĩa là Cầu Nối liên lạc được với đồng chí theo cách này.",
    "body_en": "If you can read this, Cầu Nối can reach you in this way.",
}


class WrittenOutput(Output):
    """A notification that was written."""

    id = fields.UUID(required=True)
    channel = fields.String(required=True, metadata={"enum": list(Channel)})
    state = fields.String(required=True, metadata={"enum": list(State)})


class TrialOutput(Output):
    """The notifications of a test message, one a channel; read each for how its delivery went."""

    notifications = fields.List(fields.Nested(WrittenOutput), required=True)


EXAMPLE: dict[str, Any] = {
    "notifications": [{"id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001", "channel": "email", "state": "pending"}]
}


def trial_blueprint() -> tuple[Blueprint, Limiter]:
    """The endpoint and its limiter, to be installed in the application."""
    blueprint = Blueprint("trial", __name__, description="A message to oneself")
    limiter = Limiter(key_func=lambda: request.path, storage_uri="memory://", headers_enabled=True)

    @blueprint.route("/preferences/<uuid:official_id>/test")
    class Trial(MethodView):
        """A test message."""

        decorators = [limiter.limit(RATE)]

        @requires("notifications:read")
        @blueprint.response(202, TrialOutput, example=EXAMPLE)
        @blueprint.alt_response(404, description="No such official, or not one you may see")
        def post(self, official_id: UUID) -> dict[str, Any]:
            """Send a test message at once over the channels that what is critical goes by: by the official, or by a
            client with notifications:write."""
            who = principal()
            open_preference(session(), official_id, who)
            return {"notifications": _tell(session(), official_id, next(iter(who.territories), ""))}

    return blueprint, limiter


def _tell(session: Session, official_id: UUID, unit_path: str) -> list[dict[str, Any]]:
    contact = session.get(Contact, official_id)
    if contact is None:
        raise NotFound()
    facts = _TEXTS | {
        "reminder_id": uuid7(),
        "kind": "test",
        "subject_id": uuid7(),  # each is a fact of its own
        "day": clock.today(),
        "recipients": [{"official_id": official_id, "full_name": contact.full_name}],
        "unit_path": unit_path,
        "issue_id": None,
        "issue_code": None,
    }
    event = Event(
        uuid7(), REMINDER_DUE, "notifications", str(official_id), 1, clock.now(), trace.current(), facts, ""
    )
    keep_notices(session, Kind.REMINDER, [event])
    notify(session, Kind.REMINDER, [event])
    written = select(Notification.id, Notification.channel, Notification.state)
    mine = written.where(Notification.notice_id == id_of(Kind.REMINDER, facts)).order_by(Notification.channel)
    return [dict(row) for row in session.execute(mine).mappings()]
