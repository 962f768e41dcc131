"""Issues as the API reads and shows them."""

from datetime import date

from marshmallow import fields, validate

from services.visits.issues.rules import DESCRIPTION_LIMIT, TITLE_LIMIT, Kind, Severity, State
from shared.web.schemas import CursorArgs, Input, Output, Text

_DAY = validate.Range(date(2000, 1, 1), date(2999, 12, 31))


class ReporterInput(Input):
    """Who reports, if they wish to say so."""

    name = Text(load_default=None, allow_none=True, max=200)
    contact = Text(
        load_default=None, allow_none=True, max=200, metadata={"description": "Phone, e-mail or address"}
    )


class ReportInput(Input):
    """An issue to report."""

    unit = Text(
        required=True,
        max=36,
        metadata={"description": "Code of the commune (5 digits) or id of the unit", "example": "28993"},
    )
    hamlet = fields.UUID(load_default=None, allow_none=True, metadata={"description": "A hamlet of that commune"})
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    category = Text(required=True, max=60, metadata={"description": "A code from /categories"})
    severity = fields.String(load_default=Severity.NORMAL, validate=validate.OneOf(list(Severity)))
    title = Text(required=True, max=TITLE_LIMIT)
    description = Text(required=True, max=DESCRIPTION_LIMIT, lines=True)
    reporter = fields.Nested(ReporterInput, load_default=None, allow_none=True)


class IssueFilters(CursorArgs):
    """What a list may be narrowed by; all given conditions hold together."""

    unit = Text(
        max=80,
        metadata={
            "description": "Code of a province, district or commune, or a path such as 83/829/: all inside it",
            "example": "83/834/",
        },
    )
    state = fields.String(validate=validate.OneOf(list(State)))
    kind = fields.String(validate=validate.OneOf(list(Kind)))
    category = Text(max=60)
    severity = fields.String(validate=validate.OneOf(list(Severity)))
    reported_from = fields.Date(validate=_DAY, metadata={"description": "First local day, included"})
    reported_to = fields.Date(validate=_DAY, metadata={"description": "Last local day, included"})
    q = Text(
        max=200,
        metadata={
            "description": "Words that must all be in title, description or code; with or without diacritics",
            "example": "cong ngan man",
        },
    )


class PlaceOutput(Output):
    """The unit as it was called when the issue was reported."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "In full, with the units above it"})
    path = fields.String(required=True)


class HamletOutput(Output):
    """The hamlet as it was called when the issue was reported."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class IssueOutput(Output):
    """An issue in a list."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "Province, local year, number without gaps"})
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    step = fields.Integer(required=True, metadata={"description": "Step escalated to; 0: not escalated"})
    version = fields.Integer(required=True, metadata={"description": "Grows with every change; also the ETag"})
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    category = fields.String(required=True)
    severity = fields.String(required=True, validate=validate.OneOf(list(Severity)))
    title = fields.String(required=True)
    unit = fields.Nested(PlaceOutput, required=True)
    hamlet = fields.Nested(HamletOutput, required=True, allow_none=True)
    reported_at = fields.AwareDateTime(required=True)


class ReporterOutput(Output):
    """Who reported."""

    name = fields.String(required=True, allow_none=True)
    contact = fields.String(required=True, allow_none=True)


class IssueDetailOutput(IssueOutput):
    """An issue in full."""

    description = fields.String(required=True)
    created_by = fields.String(required=True, metadata={"description": "The client that reported it"})
    reporter = fields.Nested(
        ReporterOutput,
        allow_none=True,
        metadata={"description": "Only for tokens with visits:write; absent for others"},
    )
