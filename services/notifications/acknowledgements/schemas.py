"""Acknowledgements as the API shows them."""

from typing import Any

from marshmallow import fields

from services.notifications.notices.schemas import (
    DESCRIPTION_EXAMPLE,
    ISSUE_EXAMPLE,
    REASON_EXAMPLE,
    IssueDetailOutput,
    ReasonOutput,
    VacancyOutput,
)
from shared.web.schemas import Output


class AcknowledgementOutput(Output):
    """What an official is asked to acknowledge, and when that was done."""

    notification_id = fields.UUID(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    language = fields.String(
        required=True, allow_none=True, metadata={"description": "The language the official reads"}
    )
    reasons = fields.List(fields.Nested(ReasonOutput), required=True)
    step = fields.Integer(required=True)
    issue = fields.Nested(IssueDetailOutput, required=True)
    vacancies = fields.List(fields.Nested(VacancyOutput), required=True)
    acknowledged_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null as long as it is not acknowledged"}
    )


class LinkOutput(AcknowledgementOutput):
    """The same, for the holder of a link."""

    expires_at = fields.AwareDateTime(required=True, metadata={"description": "When the link expires"})


EXAMPLE: dict[str, Any] = {
    "notification_id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
    "official_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "full_name": "Nguyễn Văn An",
    "language": "vi",
    "reasons": [REASON_EXAMPLE],
    "step": 1,
    "issue": ISSUE_EXAMPLE | {"description": DESCRIPTION_EXAMPLE},
    "vacancies": [],
    "acknowledged_at": "2026-03-02T01:52:10+00:00",
}
LINK_EXAMPLE = EXAMPLE | {"expires_at": "2026-04-01T01:45:02+00:00"}
