"""Doubts as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.assignments.doubts.rules import Outcome
from shared.web.schemas import CursorArgs, Input, Output, Text


class DoubtFilters(CursorArgs):
    """What a list of doubts may be narrowed by."""

    official = fields.UUID(load_default=None, metadata={"description": "Who said that it is not theirs"})
    settled = fields.Boolean(
        load_default=None,
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "false: only those that wait for the coordinator"},
    )


class SettlementInput(Input):
    """What became of a doubt."""

    outcome = fields.String(
        required=True,
        validate=validate.OneOf(list(Outcome)),
        metadata={"description": "corrected: the assignment was put right; kept: it is theirs"},
    )
    note = Text(load_default=None, allow_none=True, max=1000, lines=True)


class HeldOutput(Output):
    """A post that the official was told for."""

    assignment_id = fields.UUID(required=True)
    post = fields.String(required=True)
    place = fields.String(required=True)


class NamedOutput(Output):
    """An official."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class DoubtOutput(Output):
    """An official said that an escalation is not theirs."""

    id = fields.UUID(required=True)
    escalation_id = fields.UUID(required=True)
    issue_id = fields.UUID(required=True)
    issue_code = fields.String(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    reason = fields.String(required=True)
    held = fields.List(
        fields.Nested(HeldOutput),
        required=True,
        metadata={"description": "The posts they were told for; none: they hold none there any more"},
    )
    fell_to = fields.List(
        fields.Nested(NamedOutput), required=True, metadata={"description": "Who was told instead"}
    )
    raised_at = fields.AwareDateTime(required=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)
    settled_by = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


SETTLEMENT_EXAMPLE: dict[str, Any] = {"outcome": "corrected", "note": "Đã phân công người khác từ 01/3."}
DOUBT_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d77",
    "escalation_id": "0199e6a2-7000-7bb1-9d52-55d2c0a80002",
    "issue_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
    "issue_code": "BT-2026-000123",
    "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "full_name": "Nguyễn Văn An",
    "reason": "Tôi đã chuyển công tác từ tháng trước.",
    "held": [
        {
            "assignment_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
            "post": "commune_follower",
            "place": "Xã Mỹ Thạnh",
        }
    ],
    "fell_to": [{"official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d34", "full_name": "Trần Thị Bé"}],
    "raised_at": "2026-03-02T02:10:00+00:00",
    "settled_at": None,
    "settled_by": None,
    "outcome": None,
    "note": None,
    "version": 1,
}
