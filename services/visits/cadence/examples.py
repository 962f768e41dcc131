"""Realistic values for the API's documentation."""

from typing import Any

OFFICIAL = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"

FOLLOWED: dict[str, Any] = {
    "following_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
    "official_id": OFFICIAL,
    "full_name": "Nguyễn Văn An",
    "post": "commune_follower",
    "post_name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
    "post_name_en": "Provincial official following the commune",
    "place_name": "Xã Mỹ Thạnh",
    "unit_path": "83/834/28993/",
    "hamlet_id": None,
}
SOURCE = "Mặc định của hệ thống; chưa có văn bản quy định"
DUE = FOLLOWED | {
    "activity": "visit",
    "every_days": 30,
    "source": SOURCE,
    "last_on": "2026-02-01",
    "due_on": "2026-03-03",
    "state": "due",
    "acting_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
}
UNUSED = FOLLOWED | {"since": "2025-01-01", "never": ["report"]}
RULE_INPUT = {
    "every_days": 30,
    "remind_before": 7,
    "tell_post": "district_overseer",
    "source": "Quy định 02",
}
RULE = RULE_INPUT | {"post": "commune_follower", "activity": "visit", "active": True, "version": 2}
EXCUSAL_INPUT = {
    "official": OFFICIAL,
    "unit": "28993",
    "first_day": "2026-03-02",
    "last_day": "2026-03-31",
    "reason": "Học lớp cao cấp lý luận chính trị",
}
EXCUSAL = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d66",
    "official_id": OFFICIAL,
    "full_name": "Nguyễn Văn An",
    "unit_path": "83/834/28993/",
    "unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "first_day": "2026-03-02",
    "last_day": "2026-03-31",
    "reason": "Học lớp cao cấp lý luận chính trị",
    "created_at": "2026-03-02T01:30:00+00:00",
    "created_by": "ban-to-chuc",
    "withdrawn_at": None,
}
ACTIVITY_INPUT = {
    "official": OFFICIAL,
    "unit": "28993",
    "activity": "meeting",
    "on": "2026-03-02",
    "note": "Dự họp Ban Chấp hành Đảng bộ xã",
}
UNIT = {
    "id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "code": "28993",
    "name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "path": "83/834/28993/",
}
ACTIVITY = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d77",
    "official_id": OFFICIAL,
    "full_name": "Nguyễn Văn An",
    "unit": UNIT,
    "activity": "meeting",
    "on": "2026-03-02",
    "note": "Dự họp Ban Chấp hành Đảng bộ xã",
}


def page(item: dict[str, Any]) -> dict[str, Any]:
    """A page with one item."""
    return {"items": [item], "next_cursor": None}
