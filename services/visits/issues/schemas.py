"""Issues as the API reads and shows them."""

from datetime import date

from marshmallow import fields, validate

from services.visits.intake.schemas import nature
from services.visits.issues.demands import DEMANDS, FILES_LIMIT, RATINGS, TEXT_LIMIT
from services.visits.issues.rules import (
    DESCRIPTION_LIMIT,
    REASON_LONGEST,
    REASON_SHORTEST,
    TITLE_LIMIT,
    Kind,
    Sensitivity,
    Severity,
    State,
)
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
    sensitivity = fields.String(
        load_default=Sensitivity.NORMAL,
        validate=validate.OneOf(list(Sensitivity)),
        metadata={"description": "restricted: shown to tokens with visits:write only"},
    )
    re_report_of = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "A closed issue that was not fixed"}
    )
    nature = nature()
    confirmed_not = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Its words look like what is not handled here, but it is none of that"},
    )


class IntakeInput(Input):
    """What somebody is about to report."""

    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    category = Text(required=True, max=60, metadata={"description": "A code from /categories"})
    title = Text(required=True, max=TITLE_LIMIT)
    description = Text(required=True, max=DESCRIPTION_LIMIT, lines=True)
    sensitivity = fields.String(load_default=Sensitivity.NORMAL, validate=validate.OneOf(list(Sensitivity)))
    nature = nature()


class MoveInput(Input):
    """A move of an issue. Which details it needs and takes depends on the move; others are refused."""

    move = fields.String(required=True, validate=validate.OneOf([str(each) for each in DEMANDS]))
    official = fields.UUID(load_default=None, allow_none=True, metadata={"description": "Who acts"})
    reason = Text(load_default=None, allow_none=True, min=REASON_SHORTEST, max=REASON_LONGEST, lines=True)
    handler = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "assign: the official who handles it"}
    )
    into = Text(
        load_default=None, allow_none=True, max=60, metadata={"description": "merge: id or code of an open issue"}
    )
    text = Text(
        load_default=None,
        allow_none=True,
        min=REASON_SHORTEST,
        max=TEXT_LIMIT,
        lines=True,
        metadata={"description": "discuss: the solution; resolve: what was done; verify, reopen: a comment"},
    )
    files = fields.List(
        fields.UUID(),
        load_default=(),
        validate=validate.Length(max=FILES_LIMIT),
        metadata={"description": "Evidence: ids from /files"},
    )
    rating = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(*RATINGS),
        metadata={"description": "verify, reopen: how content the side that reported is, 1 to 5"},
    )


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
    category = Text(max=60, metadata={"description": "With all categories below it"})
    severity = fields.String(validate=validate.OneOf(list(Severity)))
    handler = fields.UUID(metadata={"description": "The official it is assigned to"})
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


class HandlerOutput(Output):
    """The official it is assigned to."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class WaitingOutput(Output):
    """It waits for information; its clocks stand."""

    since = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class IssueDetailOutput(IssueOutput):
    """An issue in full. Who reported it stands apart, see /issues/{issue}/reporter."""

    description = fields.String(required=True)
    created_by = fields.String(required=True, metadata={"description": "The client that reported it"})
    sensitivity = fields.String(required=True, validate=validate.OneOf(list(Sensitivity)))
    looked_like = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What its words look like; whoever reported it confirmed that it is not that"},
    )
    handler = fields.Nested(HandlerOutput, required=True, allow_none=True)
    waiting = fields.Nested(WaitingOutput, required=True, allow_none=True)
    resolution = fields.String(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    merged_into = fields.UUID(required=True, allow_none=True, metadata={"description": "Where it went on"})
    re_report_of = fields.UUID(required=True, allow_none=True)
    re_reported_as = fields.UUID(required=True, allow_none=True, metadata={"description": "It was not fixed"})
