"""Cadence as the API reads and shows it."""

from marshmallow import fields, validate

from services.visits.cadence.rules import NOTED, REGULAR, State
from services.visits.followings.rules import Activity
from services.visits.issues.schemas import PlaceOutput
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

_SOURCE = {"description": "The decision it rests on", "example": "Quy định 02"}


def unit_filter() -> Text:
    """A place that a list is narrowed to."""
    about = "Code of a province, district or commune, or a path such as 83/829/: all inside it"
    return Text(max=80, metadata={"description": about, "example": "83/834/"})


def commune() -> Text:
    """A commune in a body."""
    about = "Code of the commune (5 digits) or id of the unit"
    return Text(required=True, max=36, metadata={"description": about, "example": "28993"})


class DueFilters(CursorArgs):
    """What a list of what is due may be narrowed by."""

    official = fields.UUID()
    unit = unit_filter()
    state = fields.String(validate=validate.OneOf(list(State)))


class FollowedOutput(Output):
    """An official who holds a post for a place."""

    following_id = fields.UUID(required=True, metadata={"description": "The assignment"})
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    place_name = fields.String(required=True)
    unit_path = fields.String(required=True)
    hamlet_id = fields.UUID(required=True, allow_none=True)


class DueOutput(FollowedOutput):
    """Something regular, and where it stands today."""

    activity = fields.String(required=True, validate=validate.OneOf(REGULAR))
    every_days = fields.Integer(required=True)
    source = fields.String(required=True, metadata={"description": "The decision the cadence rests on"})
    last_on = fields.Date(required=True, allow_none=True)
    due_on = fields.Date(
        required=True, metadata={"description": "Days that are excused, or on which nobody acts, are not counted"}
    )
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    acting_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Whose duty it is today: the official's, a substitute's, or (null) nobody's"},
    )


class UnusedOutput(FollowedOutput):
    """An assignment of whose duties some were never exercised since it began."""

    since = fields.Date(required=True)
    never = fields.List(fields.String(validate=validate.OneOf(REGULAR)), required=True)


class UnusedFilters(CursorArgs):
    """What a report of duties never exercised may be narrowed by."""

    official = fields.UUID()
    unit = unit_filter()


class CadenceRuleInput(Input):
    """How often the holders of a post do something."""

    every_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3660))
    remind_before = fields.Integer(required=True, strict=True, validate=validate.Range(0, 365))
    tell_post = Text(
        load_default=None, allow_none=True, max=60, metadata={"description": "The post told too when it is overdue"}
    )
    active = fields.Boolean(load_default=True)
    source = Text(required=True, max=300, metadata=_SOURCE)


class CadenceRuleOutput(Output):
    """A cadence."""

    post = fields.String(required=True)
    activity = fields.String(required=True, validate=validate.OneOf(REGULAR))
    every_days = fields.Integer(required=True)
    remind_before = fields.Integer(required=True)
    tell_post = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class CadenceRuleList(Output):
    """All cadences."""

    items = fields.List(fields.Nested(CadenceRuleOutput), required=True)


class ExcusalInput(Input):
    """A period in which an official is excused."""

    official = fields.UUID(required=True)
    unit = Text(
        load_default=None, allow_none=True, max=36, metadata={"description": "Only there; everywhere if left out"}
    )
    first_day = day("First day", required=True)
    last_day = day("Last day, included", required=True)
    reason = Text(required=True, min=5, max=2000, lines=True)


class ExcusalFilters(CursorArgs):
    """What a list of excused periods may be narrowed by."""

    official = fields.UUID()


class ExcusalOutput(Output):
    """A period in which an official is excused."""

    id = fields.UUID(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    unit_path = fields.String(required=True, allow_none=True)
    unit_name = fields.String(required=True, allow_none=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    reason = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)


class ActivityInput(Input):
    """A meeting or another contact; visits, reports and feedback note themselves."""

    official = fields.UUID(required=True)
    unit = commune()
    activity = fields.String(required=True, validate=validate.OneOf(NOTED))
    on = day("The local day; today if left out", load_default=None)
    note = Text(load_default=None, allow_none=True, max=2000, lines=True)


class ActivityOutput(Output):
    """What was noted."""

    id = fields.UUID(required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    unit = fields.Nested(PlaceOutput, required=True)
    activity = fields.String(required=True, validate=validate.OneOf(list(Activity)))
    on = fields.Date(required=True)
    note = fields.String(required=True, allow_none=True)
