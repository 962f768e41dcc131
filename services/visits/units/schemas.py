"""Units as the API shows them."""

from marshmallow import fields, validate

from shared.web.schemas import CursorArgs, Output, Text


class UnitFilters(CursorArgs):
    """What a look-up may be narrowed by."""

    q = Text(max=100, metadata={"description": "Words of the name, or digits of the code"})
    level = fields.String(
        validate=validate.Length(1, 40),
        metadata={"description": "Only this level: province, district or commune", "example": "commune"},
    )


class UnitOutput(Output):
    """A unit of today."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    full_name = fields.String(required=True, metadata={"description": "With the units above it"})
    kind = fields.String(required=True)
    level = fields.String(required=True)
    path = fields.String(required=True, metadata={"description": "Codes from the top down"})
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(
        required=True, allow_none=True, metadata={"description": "The first day it no longer exists"}
    )


UNIT_EXAMPLE = {
    "id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "code": "28993",
    "name": "Xã Mỹ Thạnh",
    "full_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "kind": "xa",
    "level": "commune",
    "path": "83/834/28993/",
    "valid_from": "1900-01-01",
    "valid_to": None,
}
