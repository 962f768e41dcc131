"""Assignments as the API reads and shows them."""

from marshmallow import fields

from services.assignments.documented import day, end_day, first_day
from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.schemas import CursorArgs, Input, Output, Text

BASIS_MAX = 300
NOTE_MAX = 2000


class AssignmentFilters(CursorArgs):
    """What a list of assignments may be narrowed by."""

    official = fields.UUID(load_default=None)
    post = Text(load_default=None, max=60, metadata={"description": "A code from /posts"})
    unit = UnitRef(load_default=None, description="Assignments to this very unit: its code on that day, or its id")
    cluster = fields.UUID(load_default=None)
    hamlet = fields.UUID(load_default=None)
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
    scope_note = Text(
        load_default=None, max=NOTE_MAX, lines=True, allow_none=True, metadata={"description": "What to follow"}
    )


class AssignmentEnd(Input):
    """The end of an assignment."""

    valid_to = day("First day it is no longer in force; its first day: it never took effect", required=True)


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
    scope_note = fields.String(required=True, allow_none=True)
    valid_from = first_day()
    valid_to = end_day()
    version = fields.Integer(required=True)


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
    "scope_note": None,
    "valid_to": None,
    "version": 1,
}
