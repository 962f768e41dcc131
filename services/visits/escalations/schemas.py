"""Escalations as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.rules import REASON_LONGEST, REASON_SHORTEST
from shared.web.schemas import Input, Output, Text


class EscalateInput(Input):
    """Why an issue must go higher."""

    reason = Text(required=True, min=REASON_SHORTEST, max=REASON_LONGEST, lines=True)
    step = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, 100),
        metadata={"description": "The step to go to; the next one if left out"},
    )


class AbsentOutput(Output):
    """An official who was away."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class ReasonOutput(Output):
    """Why a person was told: the post, for which place, by which decision."""

    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    place = fields.String(required=True)
    legal_basis = fields.String(required=True)
    standing_in_for = fields.String(required=True, allow_none=True)
    substitute_for = fields.Nested(
        AbsentOutput, allow_none=True, metadata={"description": "The absent official this person stood in for"}
    )


class RecipientOutput(Output):
    """A person told."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonOutput), required=True)
    acknowledged_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: not acknowledged yet"}
    )
    acknowledged_over = fields.String(required=True, allow_none=True, metadata={"description": "The channel"})
    answer = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": ["taken", "handed_over", "declined", "returned", None],
            "description": "What they said last, if more than that they have seen it",
        },
    )
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    answer_reason = fields.String(required=True, allow_none=True)
    answer_to = fields.String(
        required=True, allow_none=True, metadata={"description": "Whom it was handed over, or back, to"}
    )
    handed_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Who handed it over to this person"}
    )
    unreached_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When no channel but the inbox was left to reach this person, if so"},
    )


class VacancyOutput(Output):
    """A post that nobody held, and the post told in its place."""

    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    place = fields.String(required=True)
    fell_to = fields.String(required=True, allow_none=True)
    absent = fields.Boolean(metadata={"description": "It was held, but all who held it were away"})


class FirstAcknowledgementOutput(Output):
    """Who acknowledged first."""

    at = fields.AwareDateTime(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class EscalationOutput(Output):
    """An issue carried to those responsible at a step."""

    id = fields.UUID(required=True)
    issue_id = fields.UUID(required=True)
    step = fields.Integer(required=True)
    reason = fields.String(required=True)
    at = fields.Date(required=True, metadata={"description": "The local day that decides who is responsible"})
    escalated_at = fields.AwareDateTime(required=True)
    escalated_by = fields.String(required=True, metadata={"description": "The client"})
    routed_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: those responsible are being sought"}
    )
    recipients = fields.List(fields.Nested(RecipientOutput), required=True)
    vacancies = fields.List(fields.Nested(VacancyOutput), required=True)
    acknowledged = fields.Nested(FirstAcknowledgementOutput, required=True, allow_none=True)


ESCALATE_EXAMPLE: dict[str, Any] = {"reason": "Độ mặn vượt 4‰, cần đóng cống dự phòng ngay."}

ESCALATION_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a3-0f52-7d0a-a1c4-9d6b6f2f8a01",
    "issue_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
    "step": 1,
    "reason": ESCALATE_EXAMPLE["reason"],
    "at": "2026-03-02",
    "escalated_at": "2026-03-02T01:35:00+00:00",
    "escalated_by": "cong-thong-tin-xa",
    "routed_at": None,
    "recipients": [],
    "vacancies": [],
    "acknowledged": None,
}

_RECIPIENT_EXAMPLE = {
    "official_id": "0198d0f6-7c11-7a52-9a55-2f3b7c1d9e10",
    "full_name": "Nguyễn Thị Hồng Đào",
    "reasons": [
        {
            "post": "commune_follower",
            "post_name_vi": "Cán bộ tỉnh theo dõi xã",
            "post_name_en": "Commune follower",
            "place": "Xã Mỹ Thạnh",
            "legal_basis": "Quyết định 182",
            "standing_in_for": None,
            "substitute_for": None,
        }
    ],
    "acknowledged_at": "2026-03-02T02:10:00+00:00",
    "acknowledged_over": "email",
    "answer": "taken",
    "answered_at": "2026-03-02T02:10:00+00:00",
    "answer_reason": None,
    "answer_to": None,
    "handed_by": None,
    "unreached_at": None,
}

ESCALATIONS_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            **ESCALATION_EXAMPLE,
            "routed_at": "2026-03-02T01:35:01+00:00",
            "recipients": [_RECIPIENT_EXAMPLE],
            "acknowledged": {
                "at": _RECIPIENT_EXAMPLE["acknowledged_at"],
                "official_id": _RECIPIENT_EXAMPLE["official_id"],
                "full_name": _RECIPIENT_EXAMPLE["full_name"],
            },
        }
    ],
    "next_cursor": None,
}
