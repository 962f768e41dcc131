"""Grouped mail as the API shows it to whoever holds its links."""

from typing import Any

from marshmallow import fields

from services.notifications.notices.schemas import ISSUE_EXAMPLE, IssueOutput
from shared.web.schemas import Output

_LANGUAGE = {"description": "The language the official reads"}


class BundledOutput(Output):
    """One matter of a grouped mail."""

    notification_id = fields.UUID(required=True)
    issue = fields.Nested(IssueOutput, required=True)
    step = fields.Integer(required=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)


class BundleOutput(Output):
    """The matters that went out in one message, the gravest first."""

    full_name = fields.String(required=True)
    language = fields.String(required=True, allow_none=True, metadata=_LANGUAGE)
    items = fields.List(fields.Nested(BundledOutput), required=True)
    expires_at = fields.AwareDateTime(required=True, metadata={"description": "When the link expires"})


class SubscriptionOutput(Output):
    """Whether an official gets digests of what they may do without."""

    subscribed = fields.Boolean(required=True)
    language = fields.String(required=True, allow_none=True, metadata=_LANGUAGE)


BUNDLE_EXAMPLE: dict[str, Any] = {
    "full_name": "Nguyễn Văn An",
    "language": "vi",
    "items": [
        {
            "notification_id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
            "issue": ISSUE_EXAMPLE,
            "step": 1,
            "acknowledged_at": None,
        }
    ],
    "expires_at": "2026-04-01T01:45:02+00:00",
}
SUBSCRIPTION_EXAMPLE: dict[str, Any] = {"subscribed": False, "language": "vi"}
