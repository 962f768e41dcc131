"""Information requests as the API reads and shows them."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

from services.visits.information.rules import TEXT_LONGEST, Move, State
from services.visits.issues.schemas import PlaceOutput
from services.visits.reports.schemas import ReportPersonOutput
from shared.web.schemas import CursorArgs, Input, Output, Text

_DAY = validate.Range(date(2000, 1, 1), date(2999, 12, 31))
_OPTIONAL: Any = {"load_default": None, "allow_none": True}


class InformationRequestInput(Input):
    """A question to a commune."""

    unit = Text(required=True, max=36, metadata={"description": "The commune: its code today, or its id"})
    question = Text(required=True, min=5, max=TEXT_LONGEST, lines=True)
    due_on = fields.Date(validate=_DAY, metadata={"description": "Last day for the answer"}, **_OPTIONAL)
    official = fields.UUID(metadata={"description": "Who asks, if an official does"}, **_OPTIONAL)


class InformationMoveInput(Input):
    """What to do with a request, and what that needs."""

    move = fields.String(required=True, validate=validate.OneOf(list(Move)))
    text = Text(
        max=TEXT_LONGEST, lines=True, metadata={"description": "answer: what the commune says"}, **_OPTIONAL
    )
    by = Text(max=200, metadata={"description": "answer: who speaks for the commune"}, **_OPTIONAL)
    files = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "answer: ids of uploaded files"},
    )
    reason = Text(
        min=5, max=2000, lines=True, metadata={"description": "extend, withdraw, ask_again: why"}, **_OPTIONAL
    )
    due_on = fields.Date(
        validate=_DAY, metadata={"description": "extend, ask_again: the new last day"}, **_OPTIONAL
    )
    official = fields.UUID(metadata={"description": "The official who does it"}, **_OPTIONAL)


class InformationRequestFilters(CursorArgs):
    """What a list may be narrowed by."""

    unit = Text(max=80, metadata={"description": "Code of a unit, or a path: all inside it", "example": "83/834/"})
    state = fields.String(validate=validate.OneOf(list(State)))
    official = fields.UUID(metadata={"description": "Who asked"})
    overdue = fields.Boolean(load_default=False, metadata={"description": "Only those open past their day"})


class InformationDeadlineOutput(Output):
    """By when a request is answered that says no day, and when it is chased; in days."""

    due_days = fields.Integer(required=True)
    remind_before_days = fields.Integer(required=True)
    chase_every_days = fields.Integer(required=True)
    source = fields.String(required=True)


class InformationRequestOutput(Output):
    """A request in a list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    unit = fields.Nested(PlaceOutput, required=True)
    question = fields.String(required=True)
    official = fields.Nested(ReportPersonOutput, required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    asked_by = fields.String(required=True)
    due_on = fields.Date(required=True)
    overdue = fields.Boolean(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_by = fields.String(required=True, allow_none=True)
    files = fields.List(fields.String(), required=True)


class InformationMoveOutput(Output):
    """One thing that was done to a request."""

    at = fields.AwareDateTime(required=True)
    move = fields.String(required=True)
    client_id = fields.String(required=True)
    official = fields.Nested(ReportPersonOutput, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    data = fields.Dict(required=True, metadata={"description": "Answer, files or the new day, as given then"})


class InformationRequestDetailOutput(InformationRequestOutput):
    """A request in full."""

    history = fields.List(fields.Nested(InformationMoveOutput), required=True)


REQUEST_INPUT_EXAMPLE: dict[str, Any] = {
    "unit": "28993",
    "question": "Xã hiện có bao nhiêu hộ thiếu nước sinh hoạt?",
    "due_on": "2026-03-16",
}
