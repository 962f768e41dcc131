"""The situation as the API reads and shows it."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.schemas import PlaceOutput
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text, page_of

_UNIT = {
    "description": "Code of a province, district or commune, or a path such as 83/829/: all inside it",
    "example": "83/834/",
}


class FreshnessFilters(CursorArgs):
    """What the list of communes may be narrowed by."""

    unit = Text(max=80, metadata=_UNIT)


class SilentFilters(FreshnessFilters):
    """What the list of silent communes may be narrowed by."""

    days = fields.Integer(
        validate=validate.Range(1, 3660),
        metadata={"description": "Silent for so many days; a threshold if left out"},
    )


class ContactFilters(FreshnessFilters):
    """What the counts may be narrowed by."""

    official = fields.UUID()
    first_day = day("From this local day on")
    last_day = day("Until this local day, included")


class FreshnessOutput(Output):
    """A commune, and when something was last heard of it; null: never."""

    unit = fields.Nested(PlaceOutput, required=True)
    last_heard = fields.Date(required=True, allow_none=True, metadata={"description": "The latest of all"})
    last_visit = fields.Date(required=True, allow_none=True)
    last_meeting = fields.Date(required=True, allow_none=True)
    last_report = fields.Date(required=True, allow_none=True)
    last_feedback = fields.Date(required=True, allow_none=True)
    last_contact = fields.Date(required=True, allow_none=True)
    last_issue = fields.Date(required=True, allow_none=True)


class SilentPage(page_of(FreshnessOutput)):  # type: ignore[misc]
    """Communes of which nothing was heard."""

    days = fields.Integer(required=True, metadata={"description": "For so many days"})


class ContactCountOutput(Output):
    """What an official did for a commune in the period."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True, allow_none=True)
    unit_path = fields.String(required=True)
    visit = fields.Integer(required=True)
    meeting = fields.Integer(required=True)
    report = fields.Integer(required=True)
    feedback = fields.Integer(required=True)
    contact = fields.Integer(required=True)
    total = fields.Integer(required=True)
    last_on = fields.Date(required=True)


class ThresholdInput(Input):
    """After how many days something is worth a look."""

    days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3660))
    source = Text(required=True, max=300, metadata={"description": "The decision it rests on"})


class ThresholdOutput(Output):
    """After how many days something is worth a look."""

    code = fields.String(required=True)
    days = fields.Integer(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class ThresholdList(Output):
    """All thresholds."""

    items = fields.List(fields.Nested(ThresholdOutput), required=True)


FRESHNESS_EXAMPLE: dict[str, Any] = {
    "unit": {
        "id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
        "code": "28993",
        "name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
        "path": "83/834/28993/",
    },
    "last_heard": "2026-03-01",
    "last_visit": "2026-02-01",
    "last_meeting": None,
    "last_report": "2025-12-31",
    "last_feedback": None,
    "last_contact": None,
    "last_issue": "2026-03-01",
}
CONTACT_EXAMPLE: dict[str, Any] = {
    "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "full_name": "Nguyễn Văn An",
    "unit_path": "83/834/28993/",
    "visit": 3,
    "meeting": 1,
    "report": 1,
    "feedback": 2,
    "contact": 0,
    "total": 7,
    "last_on": "2026-03-01",
}
THRESHOLD_INPUT_EXAMPLE = {"days": 45, "source": "Quy định 02"}
THRESHOLD_EXAMPLE = THRESHOLD_INPUT_EXAMPLE | {"code": "silent_commune", "version": 2}
