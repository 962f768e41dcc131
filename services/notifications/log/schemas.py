"""The log as the API reads and shows it."""

from typing import Any

from marshmallow import fields, validate, validates_schema

from services.notifications.deliveries.rules import Outcome
from services.notifications.finding.schemas import LONGEST_PROVIDER, check_range
from services.notifications.notices.schemas import (
    DESCRIPTION_EXAMPLE,
    ISSUE_EXAMPLE,
    IssueDetailOutput,
    VacancyOutput,
)
from services.notifications.notifications.rules import Channel, State
from services.notifications.notifications.schemas import NOTIFICATION_EXAMPLE, NotificationOutput
from shared.web.schemas import CursorArgs, Output, Text


class AttemptFilters(CursorArgs):
    """What the list of attempts may be narrowed by; all given conditions hold together."""

    notification = fields.UUID(metadata={"description": "A notification's id"})
    provider = Text(max=LONGEST_PROVIDER)
    outcome = fields.String(validate=validate.OneOf(list(Outcome)))
    channel = fields.String(validate=validate.OneOf(list(Channel)))
    code = fields.Integer(
        validate=validate.Range(0, 999), metadata={"description": "SMTP reply code or HTTP status"}
    )
    since = fields.AwareDateTime(data_key="from", metadata={"description": "Made then or later"})
    until = fields.AwareDateTime(metadata={"description": "Made before"})

    @validates_schema
    def _check_range(self, data: dict[str, Any], **_: Any) -> None:
        check_range(data)


class RequestOutput(Output):
    """What was asked of a provider."""

    recipient = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Address or phone number, masked for who may not see contacts; null of a webhook"},
    )
    message_id = fields.String(
        required=True, allow_none=True, metadata={"description": "Under which id the provider knows the message"}
    )
    size = fields.Integer(required=True, allow_none=True, metadata={"description": "Bytes"})
    method = fields.String(required=True, allow_none=True, metadata={"description": "null of mail"})
    url = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Without anything that may be secret: what follows the host is …"},
    )


class AttemptOutput(Output):
    """One try to hand the notification to a provider."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    provider = fields.String(required=True)
    outcome = fields.String(required=True, metadata={"enum": list(Outcome)})
    code = fields.Integer(
        required=True, allow_none=True, metadata={"description": "SMTP reply code or HTTP status, if there was one"}
    )
    answer = fields.String(required=True, metadata={"description": "What the provider said"})
    seconds = fields.Float(required=True)
    request = fields.Nested(
        RequestOutput,
        required=True,
        allow_none=True,
        metadata={"description": "null: the provider was not even asked, or before this was kept"},
    )


class LoggedAttemptOutput(AttemptOutput):
    """An attempt, and of what."""

    notification_id = fields.UUID(required=True)
    channel = fields.String(required=True, metadata={"enum": list(Channel)})


class ReplayedOutput(Output):
    """That somebody had a notification sent again, and how it stood before."""

    replay_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": list(State)})
    error = fields.String(required=True, allow_none=True)


class NotificationDetailOutput(NotificationOutput):
    """A notification with the whole notice, every delivery attempt and every replay."""

    issue = fields.Nested(IssueDetailOutput, required=True, allow_none=True)
    vacancies = fields.List(fields.Nested(VacancyOutput), required=True)
    delivery_attempts = fields.List(fields.Nested(AttemptOutput), required=True)
    replayed = fields.List(fields.Nested(ReplayedOutput), required=True)


_ATTEMPT_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7f00-7d10-8a11-52c0de0ab001",
    "at": "2026-03-02T01:45:02+00:00",
    "provider": "mail.example:587",
    "outcome": "sent",
    "code": 250,
    "answer": "2.0.0 accepted",
    "seconds": 0.021,
    "request": {
        "recipient": "a***@bentre.example",
        "message_id": "<0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001@caunoi.example>",
        "size": 14312,
        "method": None,
        "url": None,
    },
}
_LOGGED_EXAMPLE = _ATTEMPT_EXAMPLE | {"notification_id": NOTIFICATION_EXAMPLE["id"], "channel": "email"}
ATTEMPTS_EXAMPLE = {"items": [_LOGGED_EXAMPLE], "next_cursor": None}
DETAIL_EXAMPLE: dict[str, Any] = {
    **NOTIFICATION_EXAMPLE,
    "channel": "email",
    "attempts": 1,
    "replays": 1,
    "issue": ISSUE_EXAMPLE | {"description": DESCRIPTION_EXAMPLE},
    "vacancies": [],
    "delivery_attempts": [_ATTEMPT_EXAMPLE],
    "replayed": [
        {
            "replay_id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c0dd",
            "at": "2026-03-02T01:45:00+00:00",
            "by": "van-phong-tinh-uy",
            "reason": "Máy chủ thư đã hoạt động lại",
            "state": "failed",
            "error": "RCPT: 550 5.1.1 no such user",
        }
    ],
}
