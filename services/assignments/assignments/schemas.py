"""Assignments as the API reads and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.assignments.assignments.rules import Change
from services.assignments.documents.schemas import DocumentBrief
from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day, end_day, first_day
from shared.web.schemas import CursorArgs, Input, Output, Text

BASIS_MAX = 300
NOTE_MAX = 2000
DOCUMENT = "That decision, if it is registered"
CHANGE = "What was done: the rest is what has been so since"


class AssignmentFilters(CursorArgs):
    """What a list of assignments may be narrowed by."""

    official = fields.UUID(load_default=None)
    post = Text(load_default=None, max=60, metadata={"description": "A code from /posts"})
    unit = UnitRef(load_default=None, description="Assignments to this very unit: its code on that day, or its id")
    cluster = fields.UUID(load_default=None)
    hamlet = fields.UUID(load_default=None)
    document = fields.UUID(load_default=None, metadata={"description": "Those that rest on this document"})
    at = day("Assignments in force on this day; all, also ended ones, if left out", load_default=None)


class AssignmentInput(Input):
    """A new assignment; of unit, cluster and hamlet exactly the one the post is held for."""

    official = fields.UUID(required=True)
    post = Text(
        required=True, max=60, metadata={"description": "A code from /posts", "example": "commune_follower"}
    )
    unit = UnitRef(allow_none=True, load_default=None, description="Its code on the first day, or its id")
    cluster = fields.UUID(allow_none=True, load_default=None)
    hamlet = fields.UUID(allow_none=True, load_default=None)
    valid_from = day("First day; today if left out", load_default=None)
    valid_to = day("First day it is no longer in force; open if left out", load_default=None, allow_none=True)
    legal_basis = Text(
        required=True,
        max=BASIS_MAX,
        metadata={"description": "The decision it rests on", "example": "Quyết định 182-QĐ/TU"},
    )
    document = fields.UUID(load_default=None, allow_none=True, metadata={"description": DOCUMENT})
    scope_note = Text(
        load_default=None, max=NOTE_MAX, lines=True, allow_none=True, metadata={"description": "What to follow"}
    )


class AssignmentEnd(Input):
    """The end of an assignment."""

    valid_to = day("First day it is no longer in force; its first day: it never took effect", required=True)
    reason = Text(load_default=None, max=NOTE_MAX, lines=True, allow_none=True)


class CorrectionInput(Input):
    """What should have been said of an assignment; what is left out stays."""

    reason = Text(required=True, max=NOTE_MAX, lines=True, metadata={"description": "Why it is corrected"})
    official = fields.UUID()
    valid_from = day("First day")
    valid_to = day("First day it is no longer in force; its first day: it never took effect", allow_none=True)
    legal_basis = Text(max=BASIS_MAX)
    document = fields.UUID(allow_none=True, metadata={"description": DOCUMENT})
    scope_note = Text(max=NOTE_MAX, lines=True, allow_none=True)

    @validates_schema
    def _says_something(self, data: dict[str, Any], **kwargs: Any) -> None:
        if not set(data) - {"reason"}:
            raise ValidationError("Say what has to be corrected.", "reason")


class OverlapFilters(CursorArgs):
    """The day that is looked at."""

    at = day("On this day; today if left out", load_default=None)


class OfficialBrief(Output):
    """An official named in an assignment."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class PlaceBrief(Output):
    """A cluster or hamlet named in an assignment."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class AssignmentOutput(Output):
    """An official holds a post for a place."""

    id = fields.UUID(required=True)
    official = fields.Nested(OfficialBrief, required=True)
    post = fields.String(required=True, attribute="post_code")
    unit = fields.Nested(UnitBrief, required=True, allow_none=True)
    cluster = fields.Nested(PlaceBrief, required=True, allow_none=True)
    hamlet = fields.Nested(PlaceBrief, required=True, allow_none=True)
    legal_basis = fields.String(required=True)
    document = fields.Nested(DocumentBrief, required=True, allow_none=True)
    scope_note = fields.String(required=True, allow_none=True)
    succeeds = fields.UUID(
        required=True,
        allow_none=True,
        attribute="succeeds_id",
        metadata={"description": "The assignment this one took over from"},
    )
    handover_note = fields.String(
        required=True, allow_none=True, metadata={"description": "What the predecessor left for the holder"}
    )
    valid_from = first_day()
    valid_to = end_day()
    version = fields.Integer(required=True)


class RecordOutput(Output):
    """What an assignment says, or said before its next version."""

    version = fields.Integer(required=True)
    change = fields.String(required=True, metadata={"description": CHANGE, "enum": [each.value for each in Change]})
    reason = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.String(required=True, metadata={"description": "The client; empty: not known"})
    official = fields.Nested(OfficialBrief, required=True)
    legal_basis = fields.String(required=True)
    document_id = fields.UUID(required=True, allow_none=True)
    scope_note = fields.String(required=True, allow_none=True)
    handover_note = fields.String(required=True, allow_none=True)
    valid_from = first_day()
    valid_to = end_day()


class OverlapOutput(Output):
    """A post that several officials hold for one place on the day."""

    post = fields.String(required=True, attribute="first.post_code")
    allowed = fields.Boolean(
        required=True,
        attribute="first.post.several",
        metadata={"description": "Whether the post is one of several"},
    )
    place = fields.Nested(PlaceBrief, required=True, attribute="first.place")
    assignments = fields.List(fields.Nested(AssignmentOutput), required=True)


ASSIGNMENT_INPUT_EXAMPLE = {
    "official": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "post": "commune_follower",
    "unit": "28993",
    "valid_from": "2026-03-02",
    "legal_basis": "Quyết định 182-QĐ/TU",
}

ASSIGNMENT_EXAMPLE = ASSIGNMENT_INPUT_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
    "official": {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"},
    "unit": UNIT_BRIEF_EXAMPLE,
    "cluster": None,
    "hamlet": None,
    "document": None,
    "scope_note": None,
    "succeeds": None,
    "handover_note": None,
    "valid_to": None,
    "version": 1,
}
CORRECTION_EXAMPLE = {"valid_from": "2026-02-01", "reason": "Ghi nhầm ngày có hiệu lực."}
RECORD_EXAMPLE = {
    "version": 2,
    "change": "corrected",
    "reason": "Ghi nhầm ngày có hiệu lực.",
    "recorded_at": "2026-03-03T01:00:00+00:00",
    "recorded_by": "ban-to-chuc",
    "official": ASSIGNMENT_EXAMPLE["official"],
    "legal_basis": "Quyết định 182-QĐ/TU",
    "document_id": None,
    "scope_note": None,
    "handover_note": None,
    "valid_from": "2026-02-01",
    "valid_to": None,
}
OVERLAP_EXAMPLE = {
    "post": "commune_follower",
    "allowed": True,
    "place": {"id": UNIT_BRIEF_EXAMPLE["id"], "name": UNIT_BRIEF_EXAMPLE["name"]},
    "assignments": [ASSIGNMENT_EXAMPLE],
}
