"""Steps of the ladder as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.deadlines.rules import Measure
from shared.web.schemas import Input, Output, Text


def _amount(description: str) -> fields.Integer:
    return fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 2000),
        metadata={"description": description},
    )


class StepInput(Input):
    """A step: its name, and how long it waits."""

    name_vi = Text(required=True, max=200)
    name_en = Text(required=True, max=200)
    source = Text(required=True, max=500, metadata={"description": "Where the step comes from"})
    climb_after = _amount("Unless acknowledged in this time, the issue climbs; null: it stays")
    follow_after = _amount("Unless something follows the acknowledgement in this time, it climbs; null: it stays")
    measure = fields.String(load_default=Measure.WORKING_HOURS, validate=validate.OneOf(list(Measure)))
    times_source = Text(required=True, max=500, metadata={"description": "By which decision it waits so long"})


class StepOutput(Output):
    """A step of the ladder. At the last one nobody stands above: those told are reminded instead."""

    step = fields.Integer(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    source = fields.String(required=True)
    climb_after = fields.Integer(required=True, allow_none=True)
    follow_after = fields.Integer(required=True, allow_none=True)
    measure = fields.String(required=True)
    times_source = fields.String(required=True)


STEP_EXAMPLE: dict[str, Any] = {
    "name_vi": "Lãnh đạo tỉnh",
    "name_en": "Provincial leaders",
    "source": "Kế hoạch 23 (Bến Tre)",
    "climb_after": 8,
    "follow_after": 24,
    "measure": "working_hours",
    "times_source": "Mặc định của hệ thống; chưa có văn bản quy định",
}
