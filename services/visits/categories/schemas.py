"""Categories as the API shows them."""

from marshmallow import fields

from shared.web.schemas import Output


class CategoryOutput(Output):
    """What an issue can be about."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    active = fields.Boolean(required=True, metadata={"description": "false: kept for old issues only"})


class CategoryList(Output):
    """All categories."""

    items = fields.List(fields.Nested(CategoryOutput), required=True)


CATEGORIES_EXAMPLE = {
    "items": [
        {
            "code": "irrigation_salinity",
            "name_vi": "Thủy lợi, xâm nhập mặn",
            "name_en": "Irrigation and salt intrusion",
            "active": True,
        }
    ]
}
