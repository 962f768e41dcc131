"""Visits as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.schemas import HamletOutput, PlaceOutput
from services.visits.visits import rules
from services.visits.visits.rules import Purpose, Role, State
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

OPTIONAL: Any = {"load_default": None, "allow_none": True}
_TIME = {"description": "An instant with its offset from UTC", "example": "2026-03-02T08:00:00+07:00"}


def _reason(description: str, **kwargs: Any) -> Text:
    shortest, longest = rules.REASON_SHORTEST, rules.REASON_LONGEST
    return Text(min=shortest, max=longest, lines=True, metadata={"description": description}, **kwargs)


def _mover() -> fields.UUID:
    return fields.UUID(metadata={"description": "The official who does it"}, **OPTIONAL)


class VisitPartnerInput(Input):
    """Somebody who goes along."""

    official = fields.UUID(required=True)
    organisation = Text(max=200, **OPTIONAL)


class _Times(Input):
    starts_at = fields.AwareDateTime(required=True, metadata=_TIME)
    ends_at = fields.AwareDateTime(required=True, metadata=_TIME)
    allow_clash = fields.Boolean(
        load_default=False,
        metadata={"description": "Although the commune has another visit then; needs clash_reason"},
    )
    clash_reason = _reason("Why the commune should receive two visits at once", **OPTIONAL)


class VisitInput(_Times):
    """A visit to plan."""

    unit = Text(required=True, max=36, metadata={"description": "The commune: its code today, or its id"})
    hamlet = fields.UUID(metadata={"description": "A hamlet of that commune"}, **OPTIONAL)
    purpose = fields.String(required=True, validate=validate.OneOf(list(Purpose)))
    subject = Text(required=True, max=rules.SUBJECT_LIMIT)
    official = fields.UUID(required=True, metadata={"description": "Who goes, and leads"})
    partners = fields.List(
        fields.Nested(VisitPartnerInput),
        load_default=list,
        validate=validate.Length(max=rules.PARTNERS_AT_MOST),
        metadata={"description": "joint: who goes along; the visit counts for each"},
    )
    meeting_place = Text(max=200, **OPTIONAL)
    note = Text(max=rules.TEXT_LIMIT, lines=True, **OPTIONAL)


class RescheduleInput(_Times):
    """Another time, and why."""

    reason = _reason("Why", required=True)
    official = _mover()


class VisitCancelInput(Input):
    """Why a visit will not take place."""

    reason = _reason("Why", required=True)
    official = _mover()


class VisitAttendanceInput(Input):
    """Somebody who was there."""

    name = Text(max=200, metadata={"description": "Needed unless it is an official"}, **OPTIONAL)
    position = Text(max=200, **OPTIONAL)
    official = fields.UUID(**OPTIONAL)


class VisitLocationInput(Input):
    """A point in WGS 84, in degrees."""

    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))


class CarryOutInput(Input):
    """What a visit was like."""

    attendance = fields.List(
        fields.Nested(VisitAttendanceInput),
        load_default=list,
        validate=validate.Length(max=rules.ATTENDANCE_AT_MOST),
    )
    attended = fields.Integer(
        strict=True,
        validate=validate.Range(0, rules.CROWD_AT_MOST),
        metadata={"description": "How many were there, if more than are named"},
        **OPTIONAL,
    )
    location = fields.Nested(VisitLocationInput, **OPTIONAL)
    summary = Text(max=rules.TEXT_LIMIT, lines=True, **OPTIONAL)
    official = _mover()


class VisitFilters(CursorArgs):
    """What a list may be narrowed by."""

    unit = Text(max=80, metadata={"description": "Code of a unit, or a path: all inside it", "example": "83/834/"})
    state = fields.String(validate=validate.OneOf(list(State)))
    purpose = fields.String(validate=validate.OneOf(list(Purpose)))
    official = fields.UUID(metadata={"description": "Who goes, as leader or partner"})
    starts_from = day("First local day, included")
    starts_to = day("Last local day, included")


class VisitPersonOutput(Output):
    """An official, by the name of that time."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class VisitOfficialOutput(Output):
    """Somebody who goes."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(list(Role)))
    organisation = fields.String(required=True, allow_none=True)


class VisitAttendanceOutput(Output):
    """Somebody who was there."""

    name = fields.String(required=True)
    position = fields.String(required=True, allow_none=True)
    official_id = fields.UUID(required=True, allow_none=True)


class VisitLocationOutput(Output):
    """A point in WGS 84, in degrees."""

    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)


class VisitOutput(Output):
    """A visit in a list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "Grows with every change; also the ETag"})
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    purpose = fields.String(required=True, validate=validate.OneOf(list(Purpose)))
    subject = fields.String(required=True)
    unit = fields.Nested(PlaceOutput, required=True)
    hamlet = fields.Nested(HamletOutput, required=True, allow_none=True)
    officials = fields.List(fields.Nested(VisitOfficialOutput), required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    meeting_place = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True, metadata={"description": "The client"})
    carried_out_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it was noted that it took place"}
    )
    attendance = fields.List(fields.Nested(VisitAttendanceOutput), required=True)
    attended = fields.Integer(required=True, allow_none=True)
    location = fields.Nested(VisitLocationOutput, required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    no_feedback_reason = fields.String(required=True, allow_none=True)


class VisitMoveOutput(Output):
    """One thing that was done to a visit."""

    at = fields.AwareDateTime(required=True)
    move = fields.String(required=True)
    client_id = fields.String(required=True, allow_none=True, metadata={"description": "null: by itself"})
    official = fields.Nested(VisitPersonOutput, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    data = fields.Dict(required=True, metadata={"description": "The times before, a clash allowed"})


class VisitDetailOutput(VisitOutput):
    """A visit in full."""

    history = fields.List(fields.Nested(VisitMoveOutput), required=True)


class VisitPurposeInput(Input):
    """A purpose as it should be."""

    name_vi = Text(required=True, max=200)
    name_en = Text(required=True, max=200)
    grace_hours = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 2000),
        metadata={"description": "Hours after its end until a visit counts as missed"},
    )
    close_hours = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 2000),
        metadata={"description": "Hours after it was noted until those who went are asked for feedback"},
    )
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class VisitPurposeOutput(Output):
    """What a visit may be for."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    grace_hours = fields.Integer(required=True)
    close_hours = fields.Integer(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class VisitPurposeList(Output):
    """All purposes."""

    items = fields.List(fields.Nested(VisitPurposeOutput), required=True)


class CalendarFeedInput(Input):
    """Whose visits a calendar shall show."""

    official = fields.UUID(required=True)


class CalendarFeedFilters(CursorArgs):
    """What a list may be narrowed by."""

    official = fields.UUID()


class CalendarFeedOutput(Output):
    """A calendar feed."""

    id = fields.UUID(required=True)
    official = fields.Nested(VisitPersonOutput, required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)


class NewCalendarFeedOutput(CalendarFeedOutput):
    """A new calendar feed."""

    address = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Secret, and shown this once; null in an answer replayed for its Idempotency-Key"},
    )
