"""Mandates as the API reads and shows them."""

from marshmallow import fields, validate

from services.assignments.assignments.schemas import OfficialBrief
from services.assignments.mandates.rules import ChargeKind
from shared.web.schemas import CursorArgs, Input, Output, Text

_KIND = validate.OneOf([kind.value for kind in ChargeKind])


class ChargeInput(Input):
    """A duty or a power of a post."""

    kind = fields.String(required=True, validate=_KIND)
    position = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1000))
    text_vi = Text(required=True, max=500)
    text_en = Text(required=True, max=500)
    activity = Text(
        load_default=None,
        max=40,
        allow_none=True,
        metadata={"description": "The kind of activity that shows it was exercised"},
    )
    active = fields.Boolean(load_default=True)
    source = Text(required=True, max=500, metadata={"description": "The decision or rule it comes from"})


class ChargeOutput(Output):
    """A duty or a power of a post."""

    code = fields.String(required=True)
    kind = fields.String(required=True, validate=_KIND)
    position = fields.Integer(required=True)
    text_vi = fields.String(required=True)
    text_en = fields.String(required=True)
    activity = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class ScopeInput(Input):
    """What a holder of a post follows, unless the assignment says it in its own words."""

    text_vi = Text(required=True, max=2000, lines=True)
    text_en = Text(required=True, max=2000, lines=True)
    source = Text(required=True, max=500, metadata={"description": "The decision or rule it comes from"})


class ScopeOutput(Output):
    """What a holder of a post follows."""

    text_vi = fields.String(required=True)
    text_en = fields.String(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class ChargesOutput(Output):
    """All charges of a post."""

    items = fields.List(fields.Nested(ChargeOutput), required=True)


class MandateOutput(Output):
    """What an assignment is to follow, its duties and powers."""

    assignment_id = fields.UUID(required=True)
    official = fields.Nested(OfficialBrief, required=True)
    post = fields.String(required=True)
    scope_vi = fields.String(required=True, allow_none=True)
    scope_en = fields.String(required=True, allow_none=True)
    scope_is_own = fields.Boolean(
        required=True, metadata={"description": "true: written for this assignment; false: the post's template"}
    )
    handover_note = fields.String(
        required=True, allow_none=True, metadata={"description": "What the predecessor left for the holder"}
    )
    duties = fields.List(fields.Nested(ChargeOutput), required=True)
    powers = fields.List(fields.Nested(ChargeOutput), required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class UnreadFilters(CursorArgs):
    """What the list of mandates nobody studied may be narrowed by."""

    official = fields.UUID(load_default=None)


CHARGE_INPUT_EXAMPLE = {
    "kind": "duty",
    "position": 1,
    "text_vi": "Đi cơ sở thường xuyên.",
    "text_en": "Visit regularly.",
    "activity": "visit",
    "source": "Quy định 02",
}
CHARGE_EXAMPLE = CHARGE_INPUT_EXAMPLE | {"code": "visit", "active": True, "version": 1}
SCOPE_INPUT_EXAMPLE = {
    "text_vi": "Theo dõi toàn diện xã được phân công.",
    "text_en": "Everything in the commune assigned.",
    "source": "Quy định 02",
}
SCOPE_EXAMPLE = SCOPE_INPUT_EXAMPLE | {"version": 1}
MANDATE_EXAMPLE = {
    "assignment_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
    "official": {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"},
    "post": "commune_follower",
    "scope_vi": "Theo dõi toàn diện xã được phân công.",
    "scope_en": "Everything in the commune assigned.",
    "scope_is_own": False,
    "handover_note": None,
    "duties": [CHARGE_EXAMPLE],
    "powers": [],
    "read_at": None,
}
