"""Posts as the API shows them."""

from marshmallow import fields

from shared.web.schemas import Output


class PostOutput(Output):
    """A post and the step from which it is asked."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    attached_to = fields.String(required=True, metadata={"description": "A level's code, cluster or hamlet"})
    above = fields.String(required=True, allow_none=True, metadata={"description": "The post a vacancy falls to"})
    step = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Asked from this step of an escalation on"}
    )
    position = fields.Integer(required=True, allow_none=True, metadata={"description": "Order within the step"})
    source = fields.String(required=True, metadata={"description": "The document this row comes from"})


POST_EXAMPLE = {
    "code": "commune_follower",
    "name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
    "name_en": "Provincial official following the commune",
    "attached_to": "commune",
    "above": "district_overseer",
    "step": 1,
    "position": 1,
    "source": "Kế hoạch 23, Quyết định 182, Quy định 02",
}
