"""Acknowledgements as the API shows them."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.notifications.acknowledgements.rules import REASON_LONGEST, REASON_SHORTEST, Answer, Given
from services.notifications.notices.rules import Kind
from services.notifications.notices.schemas import (
    DESCRIPTION_EXAMPLE,
    ISSUE_EXAMPLE,
    REASON_EXAMPLE,
    DirectedOutput,
    IssueDetailOutput,
    PassedOutput,
    ReasonOutput,
    ReminderOutput,
    VacancyOutput,
)
from shared.web.schemas import Input, Output, Text


def unique(values: list[Any]) -> None:
    """Raises ValidationError for a value that is there twice."""
    if len(set(values)) != len(values):
        raise ValidationError("Each of them once.")


class AcknowledgementOutput(Output):
    """What an official is asked to acknowledge, and when that was done."""

    notification_id = fields.UUID(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    language = fields.String(
        required=True, allow_none=True, metadata={"description": "The language the official reads"}
    )
    reasons = fields.List(fields.Nested(ReasonOutput), required=True)
    kind = fields.String(required=True, metadata={"enum": list(Kind)})
    step = fields.Integer(required=True, allow_none=True, metadata={"description": "null for a reminder"})
    issue = fields.Nested(IssueDetailOutput, required=True, allow_none=True)
    vacancies = fields.List(fields.Nested(VacancyOutput), required=True)
    directive = fields.Nested(DirectedOutput, required=True, allow_none=True)
    reminder = fields.Nested(ReminderOutput, required=True, allow_none=True)
    passed = fields.Nested(
        PassedOutput, required=True, allow_none=True, metadata={"description": "Of a handover: whom it came from"}
    )
    acknowledged_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null as long as it is not acknowledged"}
    )
    answer = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": [*Answer, None],
            "description": "What was said last, if more than that it was seen",
        },
    )


class AnswerInput(Input):
    """What an official says."""

    answer = fields.String(
        required=True,
        validate=validate.OneOf(list(Answer)),
        metadata={
            "description": "taken: I will handle it; handed_over: to the official in `to`; declined: not mine; "
            "returned: I take the acknowledgement back"
        },
    )
    reason = Text(
        load_default=None,
        allow_none=True,
        min=REASON_SHORTEST,
        max=REASON_LONGEST,
        lines=True,
        metadata={"description": "Needed for all but taken"},
    )
    to = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Whom it is handed over to, see colleagues"}
    )

    @post_load
    def _given(self, data: dict[str, Any], **_: Any) -> Given:
        return Given(Answer(data["answer"]), data["reason"], data["to"])


class AnswerOutput(Output):
    """An answer of one official."""

    id = fields.UUID(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    answer = fields.String(required=True, metadata={"enum": list(Answer)})
    reason = fields.String(required=True, allow_none=True)
    to_official_id = fields.UUID(required=True, allow_none=True)
    to_full_name = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True, metadata={"description": "link, or client: and the client that did it"})


class BulkInput(Input):
    """Notifications to acknowledge together."""

    notifications = fields.List(
        fields.UUID(),
        required=True,
        validate=[validate.Length(1, 200), unique],
        metadata={"description": "All of them or, if one is not there, none"},
    )


class AcknowledgedOutput(Output):
    """One of them."""

    id = fields.UUID(required=True)
    acknowledged_at = fields.AwareDateTime(required=True)


class BulkOutput(Output):
    """All of them."""

    items = fields.List(fields.Nested(AcknowledgedOutput), required=True)


class ColleagueArgs(Input):
    """Whom to look for."""

    q = Text(
        load_default=None,
        max=100,
        metadata={"description": "Part of a name, diacritics or not; left out: those responsible for the place"},
    )


class PostHeldOutput(Output):
    """A post that a colleague holds."""

    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    place = fields.String(required=True)


class ColleagueOutput(Output):
    """An official whom it may be handed over to."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    posts = fields.List(fields.Nested(PostHeldOutput), required=True)


class ColleaguesOutput(Output):
    """At most thirty, by name."""

    items = fields.List(fields.Nested(ColleagueOutput), required=True)


class LinkOutput(AcknowledgementOutput):
    """The same, for the holder of a link."""

    expires_at = fields.AwareDateTime(required=True, metadata={"description": "When the link expires"})


EXAMPLE: dict[str, Any] = {
    "notification_id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
    "official_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "full_name": "Nguyễn Văn An",
    "language": "vi",
    "reasons": [REASON_EXAMPLE],
    "kind": "escalation",
    "step": 1,
    "issue": ISSUE_EXAMPLE | {"description": DESCRIPTION_EXAMPLE},
    "vacancies": [],
    "reminder": None,
    "directive": None,
    "passed": None,
    "acknowledged_at": "2026-03-02T01:52:10+00:00",
    "answer": None,
}
LINK_EXAMPLE = EXAMPLE | {"expires_at": "2026-04-01T01:45:02+00:00"}
ANSWER_INPUT_EXAMPLE: dict[str, Any] = {"answer": "declined", "reason": "Tôi đã chuyển công tác từ tháng trước."}
ANSWER_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c009",
    "official_id": EXAMPLE["official_id"],
    "full_name": EXAMPLE["full_name"],
    **ANSWER_INPUT_EXAMPLE,
    "to_official_id": None,
    "to_full_name": None,
    "at": "2026-03-02T01:52:10+00:00",
    "by": "link",
}
ANSWERED_EXAMPLE = EXAMPLE | {"acknowledged_at": None, "answer": "declined"}
BULK_EXAMPLE = {"notifications": [EXAMPLE["notification_id"]]}
BULK_DONE_EXAMPLE = {"items": [{"id": EXAMPLE["notification_id"], "acknowledged_at": EXAMPLE["acknowledged_at"]}]}
_POST_EXAMPLE = {
    "post_name_vi": "Cán bộ tỉnh theo dõi xã",
    "post_name_en": "Commune follower",
    "place": "Xã Mỹ Thạnh",
}
COLLEAGUES_EXAMPLE = {
    "items": [
        {
            "official_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3b",
            "full_name": "Trần Thị Bé",
            "posts": [_POST_EXAMPLE],
        }
    ]
}
