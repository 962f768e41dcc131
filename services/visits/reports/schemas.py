"""Situation reports as the API reads and shows them."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

from services.visits.issues.schemas import HamletOutput, PlaceOutput
from services.visits.reports.rules import SECTION_LONGEST, Move, Period, State
from shared.web.schemas import CursorArgs, Input, Output, Text

_DAY = validate.Range(date(2000, 1, 1), date(2999, 12, 30))
_OPTIONAL: Any = {"load_default": None, "allow_none": True}


def _sections(**kwargs: Any) -> fields.Dict:
    return fields.Dict(
        keys=Text(max=60),
        values=Text(min=0, max=SECTION_LONGEST, lines=True),
        validate=validate.Length(max=50),
        metadata={
            "description": "Code of a section to its text",
            "example": {"party_building": "Kết nạp 2 đảng viên."},
        },
        **kwargs,
    )


class SituationReportInput(Input):
    """A report to begin."""

    official = fields.UUID(required=True, metadata={"description": "Whose report it is"})
    unit = Text(required=True, max=36, metadata={"description": "The commune: its code today, or its id"})
    hamlet = fields.UUID(metadata={"description": "A hamlet of that commune, if it is about one"}, **_OPTIONAL)
    period = fields.String(required=True, validate=validate.OneOf(list(Period)))
    day = fields.Date(
        validate=_DAY, metadata={"description": "A day of the period; today if left out"}, **_OPTIONAL
    )
    sections = _sections(load_default=dict)


class ReportSectionsInput(Input):
    """What some sections say; the others stay as they are."""

    sections = _sections(required=True)


class ReportMoveInput(Input):
    """What to do with a report."""

    move = fields.String(required=True, validate=validate.OneOf(list(Move)))
    official = fields.UUID(metadata={"description": "Who does it; needed to return and to accept"}, **_OPTIONAL)
    reason = Text(
        min=5, max=2000, lines=True, metadata={"description": "Needed to return and to take back"}, **_OPTIONAL
    )


class ReportFilters(CursorArgs):
    """What a list may be narrowed by."""

    unit = Text(max=80, metadata={"description": "Code of a unit, or a path: all inside it", "example": "83/834/"})
    official = fields.UUID(metadata={"description": "Whose reports"})
    receiver = fields.UUID(metadata={"description": "Only those submitted to this official"})
    period = fields.String(validate=validate.OneOf(list(Period)))
    state = fields.String(validate=validate.OneOf(list(State)))
    overdue = fields.Boolean(load_default=False, metadata={"description": "Only those owed past their day"})


class ReportPersonOutput(Output):
    """An official, by the name of that time."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class ReportReceiverOutput(Output):
    """Somebody to whom it was submitted."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)


class SituationReportOutput(Output):
    """A report in a list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    official = fields.Nested(ReportPersonOutput, required=True)
    unit = fields.Nested(PlaceOutput, required=True)
    hamlet = fields.Nested(HamletOutput, required=True, allow_none=True)
    period = fields.String(required=True, validate=validate.OneOf(list(Period)))
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    due_on = fields.Date(required=True)
    overdue = fields.Boolean(required=True)
    receivers = fields.List(fields.Nested(ReportReceiverOutput), required=True)
    vacant = fields.List(
        fields.String(), required=True, metadata={"description": "Posts that would receive it and nobody holds"}
    )
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)


class ReportMoveOutput(Output):
    """One thing that was done to a report."""

    at = fields.AwareDateTime(required=True)
    move = fields.String(required=True)
    client_id = fields.String(required=True)
    official = fields.Nested(ReportPersonOutput, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class SituationReportDetailOutput(SituationReportOutput):
    """A report in full."""

    sections = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    figures = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "What happened in the period; frozen when it is submitted"},
    )
    history = fields.List(fields.Nested(ReportMoveOutput), required=True)


class ReportSectionOutput(Output):
    """What a report must speak of."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    position = fields.Integer(required=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)


def _days(lowest: int, about: str) -> fields.Integer:
    return fields.Integer(
        required=True, strict=True, validate=validate.Range(lowest, 365), metadata={"description": about}
    )


class ReportDeadlineInput(Input):
    """When the reports of a period are due and chased, in days."""

    due_days = _days(0, "After the last day of the period")
    remind_before_days = _days(0, "Before it is due")
    chase_every_days = _days(1, "Between reminders once it is overdue")
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class ReportSectionInput(Input):
    """A section as it should be."""

    name_vi = Text(required=True, max=200)
    name_en = Text(required=True, max=200)
    position = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))
    active = fields.Boolean(load_default=True)
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class ReportReceiversInput(Input):
    """Who receives reports: the first of these posts that anybody holds above the place."""

    posts = fields.List(Text(max=60), required=True, validate=validate.Length(1, 20))
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class ReceivingPostOutput(Output):
    """A post that receives reports where those before it are vacant."""

    position = fields.Integer(required=True)
    post = fields.String(required=True)
    source = fields.String(required=True)


class ReportDeadlineOutput(Output):
    """When the reports of a period are due."""

    period = fields.String(required=True, validate=validate.OneOf(list(Period)))
    due_days = fields.Integer(required=True)
    remind_before_days = fields.Integer(required=True)
    chase_every_days = fields.Integer(required=True)
    source = fields.String(required=True)


REPORT_INPUT_EXAMPLE: dict[str, Any] = {
    "official": "0198d0f6-7c11-7a52-9a55-2f3b7c1d9e10",
    "unit": "28993",
    "period": "month",
    "day": "2026-03-02",
    "sections": {"party_building": "Chi bộ ấp 3 kết nạp hai đảng viên mới."},
}
