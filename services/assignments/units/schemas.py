"""Units as the API reads and shows them."""

import re
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from shared.web.documented import day, end_day, first_day
from shared.web.schemas import CursorArgs, Output, Text

_CODE = re.compile(r"[0-9]{2,5}")
_ABOUT_REF = "A unit: its code on that day, or its id"


class UnitRef(Text):
    """A unit named by code (text) or id (UUID)."""

    def __init__(self, *, description: str = _ABOUT_REF, **kwargs: Any) -> None:
        super().__init__(max=36, metadata={"description": description, "example": "28993"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _CODE.fullmatch(text):
            return text
        try:
            return UUID(text)
        except ValueError as error:
            raise ValidationError("Neither a unit code (2, 3 or 5 digits) nor an id.") from error

    def _validate(self, value: Any) -> None:
        super()._validate(str(value))


class UnitFilters(CursorArgs):
    """What a list of units may be narrowed by."""

    level = Text(load_default=None, max=40, metadata={"description": "province, district or commune"})
    parent = UnitRef(load_default=None, description="Units directly under this one (code on that day, or id)")
    code = Text(load_default=None, max=5, metadata={"description": "This code", "example": "83"})
    q = Text(
        load_default=None,
        max=100,
        metadata={"description": "Part of the name, with or without diacritics", "example": "binh phu"},
    )
    at = day("Units valid on this day; today if left out", load_default=None)


class UnitOutput(Output):
    """An administrative unit."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "The statistics office's; unique on a day only"})
    name = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    path = fields.String(required=True, metadata={"description": "Codes from the province down, each ended by /"})
    province_code = fields.String(required=True)
    province_abbreviation = fields.String(required=True, metadata={"description": "Begins the codes of issues"})
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    valid_from = first_day()
    valid_to = end_day()
    version = fields.Integer(required=True)


class UnitBrief(Output):
    """A unit named in another record."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


UNIT_BRIEF_EXAMPLE = {"id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a", "code": "28993", "name": "Xã Mỹ Thạnh"}

UNIT_EXAMPLE = UNIT_BRIEF_EXAMPLE | {
    "kind": "xa",
    "level": "commune",
    "parent_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b00",
    "path": "83/834/28993/",
    "province_code": "83",
    "province_abbreviation": "BT",
    "latitude": 10.1825,
    "longitude": 106.4421,
    "valid_from": "2004-07-08",
    "valid_to": None,
    "version": 1,
}
