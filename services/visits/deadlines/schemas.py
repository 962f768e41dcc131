"""Policies and timers as the API reads and shows them."""

from marshmallow import fields, validate

from services.visits.deadlines.rules import DEADLINES, KINDS, SEVERITIES, Measure
from shared.web.schemas import Input, Output, Text


def _fact(what: str, one_of: validate.OneOf | None = None) -> fields.String:
    about = {"description": f"The {what} it is for; null: any"}
    if one_of:
        return fields.String(load_default=None, allow_none=True, validate=one_of, metadata=about)
    return Text(load_default=None, allow_none=True, max=60, metadata=about)


class PolicyInput(Input):
    """By when a target is due for issues like these; the policy that names most of an issue's facts counts."""

    target = fields.String(required=True, validate=validate.OneOf(list(DEADLINES)))
    kind = _fact("kind", validate.OneOf(KINDS))
    category = _fact("category")
    severity = _fact("severity", validate.OneOf(SEVERITIES))
    tier = _fact("level of the unit")
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2000))
    measure = fields.String(required=True, validate=validate.OneOf(list(Measure)))
    warn_hours = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 2000),
        metadata={"description": "Working hours before it is due to warn; 0: no warning"},
    )
    climbs = fields.Boolean(load_default=False, metadata={"description": "Whether a breach escalates the issue"})
    active = fields.Boolean(load_default=True)
    source = Text(required=True, max=500, metadata={"description": "By which decision"})


class PolicyOutput(Output):
    """A policy."""

    code = fields.String(required=True)
    target = fields.String(required=True)
    kind = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    severity = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    amount = fields.Integer(required=True)
    measure = fields.String(required=True)
    warn_hours = fields.Integer(required=True)
    climbs = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)


def _instant(description: str) -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, allow_none=True, metadata={"description": description})


class TimerOutput(Output):
    """What an issue waits for."""

    target = fields.String(required=True)
    policy = fields.String(required=True, allow_none=True)
    step = fields.Integer(required=True, allow_none=True)
    armed_at = fields.AwareDateTime(required=True)
    warn_at = _instant("When those who follow the place are warned")
    due_at = fields.AwareDateTime(required=True)
    warned_at = _instant("null: not warned")
    fired_at = _instant("When it was seen to be overdue")
    paused_at = _instant("Since when the clock stands")
    pause_reason = fields.String(required=True, allow_none=True)
    done_at = _instant("null: it still waits")
    outcome = fields.String(required=True, allow_none=True)


class TimersOutput(Output):
    """The timers of an issue."""

    items = fields.List(fields.Nested(TimerOutput), required=True)
