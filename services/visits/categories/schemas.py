"""Categories as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from shared.web.schemas import Input, Output, Text


class CategoryInput(Input):
    """A category, with the decision it comes from."""

    name_vi = Text(required=True, max=200)
    name_en = Text(required=True, max=200)
    position = fields.Integer(required=True, strict=True, validate=validate.Range(0, 30_000))
    active = fields.Boolean(required=True, truthy={True}, falsy={False})
    parent = Text(required=True, allow_none=True, max=60, metadata={"description": "null: at the top"})
    needs_evidence = fields.Boolean(required=True, truthy={True}, falsy={False})
    urgent = fields.Boolean(required=True, truthy={True}, falsy={False})
    source = Text(required=True, max=500)


class CategoryOutput(Output):
    """What an issue can be about."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    position = fields.Integer(required=True, metadata={"description": "Those with smaller numbers come first"})
    active = fields.Boolean(required=True, metadata={"description": "false: kept for old issues only"})
    parent = fields.String(required=True, allow_none=True, metadata={"description": "The one above; null: none"})
    needs_evidence = fields.Boolean(
        required=True, metadata={"description": "Resolved with a photograph or document only"}
    )
    urgent = fields.Boolean(required=True, metadata={"description": "Disaster, epidemic, accident, security"})
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class CategoryList(Output):
    """All categories."""

    items = fields.List(fields.Nested(CategoryOutput), required=True)


CATEGORY_INPUT_EXAMPLE: dict[str, Any] = {
    "name_vi": "Xâm nhập mặn",
    "name_en": "Salt intrusion",
    "position": 2,
    "active": True,
    "parent": "irrigation_salinity",
    "needs_evidence": True,
    "urgent": True,
    "source": "Mặc định của hệ thống; chưa có văn bản quy định",
}
CATEGORY_EXAMPLE: dict[str, Any] = {"code": "salt_intrusion", **CATEGORY_INPUT_EXAMPLE, "version": 1}
CATEGORIES_EXAMPLE = {"items": [CATEGORY_EXAMPLE]}
