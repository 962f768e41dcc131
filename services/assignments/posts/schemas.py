"""Posts as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from shared.web.documented import day, end_day, first_day
from shared.web.schemas import CursorArgs, Input, Output, Text

STEPS = validate.Range(1, 20)
POSITIONS = validate.Range(1, 100)
CODE = validate.Regexp(r"^[a-z][a-z0-9_]{1,59}\Z", error="2 to 60 letters a-z, digits and underscores.")
ATTACHED_TO = "A level's code, cluster or hamlet"
ABOVE = "The post a vacancy falls to"
STEP = "Asked from this step of an escalation on; null: not asked"
POSITION = "Order within the step"
REQUIRED = "Every place it is attached to needs a holder"
SEVERAL = "Several officials may hold it for one place at a time"
SOURCE = "The document this comes from"


class PostCode(Text):
    """The code of a post, as one may be made."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=60, **kwargs)
        self.validators.append(CODE)


class PostFilters(CursorArgs):
    """Posts of a day."""

    at = day("Posts in force on this day; today if left out", load_default=None)


class PostInput(Input):
    """A new post, with the rule that holds of it."""

    code = PostCode(required=True, metadata={"example": "ward_follower"})
    name_vi = Text(required=True, max=200)
    name_en = Text(required=True, max=200)
    attached_to = Text(required=True, max=40, metadata={"description": ATTACHED_TO, "example": "commune"})
    several = fields.Boolean(load_default=False, metadata={"description": SEVERAL})
    above = Text(load_default=None, allow_none=True, max=60, metadata={"description": ABOVE})
    step = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=STEPS, metadata={"description": STEP}
    )
    position = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=POSITIONS, metadata={"description": POSITION}
    )
    required = fields.Boolean(load_default=False, metadata={"description": REQUIRED})
    source = Text(required=True, max=500, metadata={"description": SOURCE})
    valid_from = day("First day it is in force; today if left out", load_default=None)


class PostChange(Input):
    """What to change of a post: what is left out stays."""

    name_vi = Text(max=200)
    name_en = Text(max=200)
    several = fields.Boolean(metadata={"description": SEVERAL})
    above = Text(allow_none=True, max=60, metadata={"description": ABOVE})
    step = fields.Integer(allow_none=True, strict=True, validate=STEPS, metadata={"description": STEP})
    position = fields.Integer(allow_none=True, strict=True, validate=POSITIONS, metadata={"description": POSITION})
    required = fields.Boolean(metadata={"description": REQUIRED})
    source = Text(max=500, metadata={"description": SOURCE})
    valid_from = day("From this day on; today if left out")


class PostOutput(Output):
    """A post and the rule that holds of it."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    attached_to = fields.String(required=True, metadata={"description": ATTACHED_TO})
    several = fields.Boolean(required=True, metadata={"description": SEVERAL})
    above = fields.String(required=True, allow_none=True, metadata={"description": ABOVE})
    step = fields.Integer(required=True, allow_none=True, metadata={"description": STEP})
    position = fields.Integer(required=True, allow_none=True, metadata={"description": POSITION})
    required = fields.Boolean(required=True, metadata={"description": REQUIRED})
    source = fields.String(required=True, metadata={"description": SOURCE})
    valid_from = first_day()
    valid_to = end_day()
    version = fields.Integer(required=True)


POST_INPUT_EXAMPLE = {
    "code": "ward_adviser",
    "name_vi": "Cán bộ tư vấn phường",
    "name_en": "Adviser of the ward",
    "attached_to": "commune",
    "above": "commune_follower",
    "step": 1,
    "position": 6,
    "source": "Quyết định 12-QĐ/TU",
}
POST_EXAMPLE = {
    "code": "commune_follower",
    "name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
    "name_en": "Provincial official following the commune",
    "attached_to": "commune",
    "several": True,
    "above": "district_overseer",
    "step": 1,
    "position": 1,
    "required": True,
    "source": "Kế hoạch 23, Quyết định 182, Quy định 02",
    "valid_from": "1900-01-01",
    "valid_to": None,
    "version": 1,
}
