"""Retention as the API reads and shows it."""

from typing import Any

from marshmallow import fields, validate

from services.notifications.preferences.rules import OWN_DEFAULT
from services.notifications.retention.rules import LONGEST, SHORTEST
from shared.web.schemas import Input, Output, Text


class RetentionRuleInput(Input):
    """How long notices of a kind are kept."""

    keep_days = fields.Integer(required=True, strict=True, validate=validate.Range(SHORTEST, LONGEST))
    until_acknowledged = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "true: what nobody has acknowledged is kept however old it is"},
    )
    source = Text(required=True, max=500)


class RetentionRuleOutput(Output):
    """How long notices of a kind are kept, with their notifications and delivery attempts."""

    kind = fields.String(required=True)
    keep_days = fields.Integer(required=True)
    until_acknowledged = fields.Boolean(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class RetentionRuleList(Output):
    """All rules."""

    items = fields.List(fields.Nested(RetentionRuleOutput), required=True)


RULE_INPUT_EXAMPLE: dict[str, Any] = {"keep_days": 1825, "until_acknowledged": True, "source": OWN_DEFAULT}
RULE_EXAMPLE = RULE_INPUT_EXAMPLE | {"kind": "escalation", "version": 1}
