"""Reporters' contacts as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.rules import REASON_LONGEST, REASON_SHORTEST
from shared.web.schemas import Input, Output, Text


class WhyArgs(Input):
    """Why somebody wants to know who reported."""

    why = Text(
        required=True,
        min=REASON_SHORTEST,
        max=500,
        metadata={"description": "Noted with the read", "example": "Gọi lại để hỏi rõ địa điểm"},
    )
    official = fields.UUID(metadata={"description": "The official who reads"})


class ReporterOutput(Output):
    """Who reported."""

    name = fields.String(required=True, allow_none=True)
    contact = fields.String(required=True, allow_none=True)


class ReadOutput(Output):
    """Somebody was shown who reported."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    client_id = fields.String(required=True)
    official_id = fields.UUID(required=True, allow_none=True)
    official_name = fields.String(required=True, allow_none=True)
    why = fields.String(required=True)


class ErasureInput(Input):
    """Why it is erased now."""

    reason = Text(required=True, min=REASON_SHORTEST, max=REASON_LONGEST, lines=True)


class ErasureOutput(Output):
    """It is erased."""

    erased_at = fields.AwareDateTime(required=True)
    erased_by = fields.String(required=True, allow_none=True, metadata={"description": "null: on schedule"})
    erased_why = fields.String(required=True)


class RuleInput(Input):
    """How long something is kept."""

    days = fields.Integer(required=True, strict=True, validate=validate.Range(0, 3650))
    source = Text(required=True, max=500)


class RuleOutput(Output):
    """How long something is kept."""

    code = fields.String(required=True)
    days = fields.Integer(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class RuleList(Output):
    """All rules."""

    items = fields.List(fields.Nested(RuleOutput), required=True)


REPORTER_EXAMPLE = {"name": "Ban quản lý ấp", "contact": "0912 345 678"}
READ_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a4-0f52-7d0a-a1c4-9d6b6f2f8a01",
    "at": "2026-03-02T02:10:00+00:00",
    "client_id": "cong-thong-tin-xa",
    "official_id": None,
    "official_name": None,
    "why": "Gọi lại để hỏi rõ địa điểm",
}
ERASURE_INPUT_EXAMPLE = {"reason": "Người phản ánh yêu cầu xóa."}
ERASURE_EXAMPLE = {
    "erased_at": "2026-03-02T02:10:00+00:00",
    "erased_by": "cong-thong-tin-xa",
    "erased_why": ERASURE_INPUT_EXAMPLE["reason"],
}
RULE_INPUT_EXAMPLE: dict[str, Any] = {"days": 90, "source": "Mặc định của hệ thống; chưa có văn bản quy định"}
RULE_EXAMPLE = {"code": "erase_reporter_after", **RULE_INPUT_EXAMPLE, "version": 1}
