"""The calendar as the API reads and shows it."""

from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate

from shared.errors import BadInput
from shared.web.schemas import Input, Output, Text

_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
DAYS_AT_MOST = 400


class SpanInput(Input):
    """Working hours without a break."""

    opens = fields.Time(required=True, format="%H:%M", metadata={"example": "07:30"})
    closes = fields.Time(required=True, format="%H:%M", metadata={"example": "11:30"})


class OverrideInput(Input):
    """What a day is like, whatever its weekday and the list of holidays say."""

    kind = fields.String(required=True, validate=validate.OneOf(["off", "working"]))
    hours = fields.List(
        fields.Nested(SpanInput),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=8),
        metadata={"description": "Of a working day; left out: the hours of an ordinary one"},
    )
    note = Text(required=True, max=200, metadata={"description": "What the day is", "example": "Nghỉ bù Tết"})
    source = Text(required=True, max=500, metadata={"description": "By which decision"})


class WeekdayInput(SpanInput):
    """Working hours of a weekday."""

    weekday = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 6), metadata={"description": "Monday is 0"}
    )
    source = Text(required=True, max=500, metadata={"description": "By which decision"})


class WeekInput(Input):
    """The working hours of the whole week."""

    hours = fields.List(fields.Nested(WeekdayInput), required=True, validate=validate.Length(1, 56))


class DaysArgs(Input):
    """Which days to show."""

    first = fields.Date(required=True, validate=validate.Range(_FIRST, _LAST))
    last = fields.Date(required=True, validate=validate.Range(_FIRST, _LAST))

    @post_load
    def check(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Raises BadInput naming `last`."""
        if not 0 <= (data["last"] - data["first"]).days < DAYS_AT_MOST:
            raise BadInput(f"From the first day on, and at most {DAYS_AT_MOST} days.", field="last")
        return data


class SpanOutput(Output):
    """Working hours without a break."""

    opens = fields.Time(required=True, format="%H:%M")
    closes = fields.Time(required=True, format="%H:%M")


class WeekdayOutput(SpanOutput):
    """Working hours of a weekday."""

    weekday = fields.Integer(required=True)
    source = fields.String(required=True)


class WeekOutput(Output):
    """The working hours of the week."""

    hours = fields.List(fields.Nested(WeekdayOutput), required=True)


class OverrideOutput(Output):
    """A day set by hand."""

    day = fields.Date(required=True)
    kind = fields.String(required=True)
    hours = fields.Function(
        lambda row: row.hours and [dict(zip(("opens", "closes"), each, strict=True)) for each in row.hours],
        metadata={"type": "array", "items": {"type": "object"}, "nullable": True},
    )
    note = fields.String(required=True)
    source = fields.String(required=True)
    set_by = fields.String(required=True)
    set_at = fields.AwareDateTime(required=True)


class DayOutput(Output):
    """The working hours of a day; none: nobody works."""

    day = fields.Date(required=True)
    hours = fields.List(fields.Nested(SpanOutput), required=True)
    note = fields.String(required=True, allow_none=True, metadata={"description": "The holiday, or why else"})


class DaysOutput(Output):
    """Days in a row."""

    days = fields.List(fields.Nested(DayOutput), required=True)
