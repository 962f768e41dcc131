"""Suppressed addresses and bounces as the API reads and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.notifications.reachability.rules import BounceKind, Trouble
from shared.web.schemas import CursorArgs, Input, Output, Text


class SuppressionFilters(CursorArgs):
    """What the list may be widened by."""

    lifted = fields.Boolean(
        load_default=False,
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "true: also those that were lifted"},
    )


class SuppressionOutput(Output):
    """An address that gets no mail."""

    id = fields.UUID(required=True)
    address = fields.String(required=True)
    trouble = fields.String(required=True, metadata={"enum": [Trouble.BOUNCED, Trouble.FAILING]})
    detail = fields.String(required=True, metadata={"description": "What the last server said"})
    since = fields.AwareDateTime(required=True)
    lifted_at = fields.AwareDateTime(required=True, allow_none=True)
    lifted_by = fields.String(required=True, allow_none=True)
    lifted_because = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class LiftInput(Input):
    """Why mail may go there again."""

    reason = Text(required=True, max=500)


class BounceInput(Input):
    """A mail that came back, as a provider tells it."""

    id = Text(required=True, max=200, metadata={"description": "The provider's id of this report: twice is once"})
    kind = fields.String(required=True, validate=validate.OneOf(list(BounceKind)))
    message_id = Text(load_default=None, allow_none=True, max=500)
    address = Text(load_default=None, allow_none=True, max=320)
    status = Text(load_default="", min=0, max=20, metadata={"description": "Such as 5.1.1"})
    detail = Text(load_default="", min=0, max=2000, lines=True)

    @validates_schema
    def _names_something(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("message_id") and not data.get("address"):
            raise ValidationError("message_id or address is needed.", field_name="message_id")


SUPPRESSION_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c0bb",
    "address": "an.nguyen@bentre.example",
    "trouble": "bounced",
    "detail": "5.1.1 550 no such user",
    "since": "2026-03-02T01:45:01+00:00",
    "lifted_at": None,
    "lifted_by": None,
    "lifted_because": None,
    "version": 1,
}
PAGE_EXAMPLE = {"items": [SUPPRESSION_EXAMPLE], "next_cursor": None}
LIFT_EXAMPLE = {"reason": "Hộp thư đã được mở lại"}
BOUNCE_EXAMPLE: dict[str, Any] = {
    "id": "evt_2f7c",
    "kind": "hard",
    "message_id": "<0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001@caunoi.example>",
    "address": "an.nguyen@bentre.example",
    "status": "5.1.1",
    "detail": "550 no such user",
}
