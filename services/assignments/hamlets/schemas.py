"""Hamlets as the API reads and shows them."""

from marshmallow import fields

from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day, end_day, first_day
from shared.web.schemas import CursorArgs, Input, Output, Text

NAME_MAX = 100
CODE_MAX = 40


def _code() -> Text:
    about = "The commune's own code of it, taken once and for all"
    return Text(max=CODE_MAX, allow_none=True, metadata={"description": about, "example": "01"})


class HamletFilters(CursorArgs):
    """What a list of hamlets may be narrowed by."""

    unit = UnitRef(load_default=None, description="The commune: its code on that day, or its id")
    q = Text(load_default=None, max=NAME_MAX, metadata={"description": "Part of the name, diacritics or not"})
    at = day("Hamlets valid on this day; today if left out", load_default=None)


class HamletInput(Input):
    """A new hamlet."""

    unit = UnitRef(required=True, description="The commune: its code on the first day, or its id")
    name = Text(required=True, max=NAME_MAX, metadata={"example": "Ấp Bình Thành"})
    code = _code()
    valid_from = day("First day; today if left out", load_default=None)


class HamletChange(Input):
    """What may be changed of a hamlet; what is left out stays."""

    name = Text(max=NAME_MAX)
    code = _code()
    valid_to = day("First day it is no longer valid; null: open", allow_none=True)


class HamletOutput(Output):
    """A hamlet of a commune."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    unit = fields.Nested(UnitBrief, required=True)
    valid_from = first_day()
    valid_to = end_day()
    version = fields.Integer(required=True)


HAMLET_EXAMPLE = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d22",
    "code": "01",
    "name": "Ấp Bình Thành",
    "unit": UNIT_BRIEF_EXAMPLE,
    "valid_from": "2026-03-02",
    "valid_to": None,
    "version": 1,
}
