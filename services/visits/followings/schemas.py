"""Followings as the API shows them."""

from typing import Any

from marshmallow import fields

from shared.web.schemas import CursorArgs, Output, Text


class FollowingFilters(CursorArgs):
    """Who follows a place, or what a person follows, on a day."""

    official = fields.UUID(metadata={"description": "What this official follows"})
    unit = Text(
        max=80,
        metadata={
            "description": "Everybody whose post covers this unit, also from above; its code or path",
            "example": "28993",
        },
    )
    at = fields.Date(metadata={"description": "On this day; today if left out", "example": "2026-03-02"})


class FollowingOutput(Output):
    """An official who holds a post for a place."""

    following_id = fields.UUID(required=True, metadata={"description": "The assignment"})
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    attached_to = fields.String(required=True, metadata={"description": "A level's code, cluster or hamlet"})
    place_name = fields.String(required=True)
    unit_path = fields.String(required=True)
    hamlet_id = fields.UUID(required=True, allow_none=True)
    communes = fields.List(
        fields.String(), required=True, metadata={"description": "Of a cluster: the paths it holds on that day"}
    )
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


FOLLOWING_EXAMPLE: dict[str, Any] = {
    "following_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
    "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "full_name": "Nguyễn Văn An",
    "post": "commune_follower",
    "post_name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
    "post_name_en": "Provincial official following the commune",
    "attached_to": "commune",
    "place_name": "Xã Mỹ Thạnh",
    "unit_path": "83/834/28993/",
    "hamlet_id": None,
    "communes": [],
    "valid_from": "2025-01-01",
    "valid_to": None,
}
