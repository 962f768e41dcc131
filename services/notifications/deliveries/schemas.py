"""Deliveries as the API shows them."""

from typing import Any

from marshmallow import fields, validate

from services.notifications.deliveries.rules import Outcome
from services.notifications.notices.schemas import (
    DESCRIPTION_EXAMPLE,
    ISSUE_EXAMPLE,
    IssueDetailOutput,
    VacancyOutput,
)
from services.notifications.notifications.rules import Channel, State
from services.notifications.notifications.schemas import NOTIFICATION_EXAMPLE, NotificationOutput
from shared.web.schemas import CursorArgs, Output


class NotificationFilters(CursorArgs):
    """What a list may be narrowed by; all given conditions hold together."""

    state = fields.String(validate=validate.OneOf(list(State)))
    channel = fields.String(validate=validate.OneOf(list(Channel)))
    escalation = fields.UUID(metadata={"description": "An escalation's id: everybody who is told of it"})


class AttemptOutput(Output):
    """One try to hand the notification to a provider."""

    at = fields.AwareDateTime(required=True)
    provider = fields.String(required=True)
    outcome = fields.String(required=True, metadata={"enum": list(Outcome)})
    code = fields.Integer(
        required=True, allow_none=True, metadata={"description": "SMTP reply code, if there was a reply"}
    )
    answer = fields.String(required=True, metadata={"description": "What the provider said"})
    seconds = fields.Float(required=True)


class NotificationDetailOutput(NotificationOutput):
    """A notification with the whole notice and every delivery attempt."""

    issue = fields.Nested(IssueDetailOutput, required=True)
    vacancies = fields.List(fields.Nested(VacancyOutput), required=True)
    delivery_attempts = fields.List(fields.Nested(AttemptOutput), required=True)


DETAIL_EXAMPLE: dict[str, Any] = {
    **NOTIFICATION_EXAMPLE,
    "channel": "email",
    "attempts": 1,
    "issue": ISSUE_EXAMPLE | {"description": DESCRIPTION_EXAMPLE},
    "vacancies": [],
    "delivery_attempts": [
        {
            "at": "2026-03-02T01:45:02+00:00",
            "provider": "mail.example:587",
            "outcome": "sent",
            "code": 250,
            "answer": "2.0.0 accepted",
            "seconds": 0.021,
        }
    ],
}
