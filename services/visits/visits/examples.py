"""Realistic visits for the API's documentation."""

from typing import Any

_OFFICIAL = {"id": "0198d0f6-7c11-7a52-9a55-2f3b7c1d9e10", "full_name": "Nguyễn Thị Hồng Đào"}

PLAN: dict[str, Any] = {
    "unit": "28993",
    "purpose": "committee_meeting",
    "subject": "Dự họp Ban Chấp hành Đảng bộ xã",
    "official": _OFFICIAL["id"],
    "starts_at": "2026-03-02T08:00:00+07:00",
    "ends_at": "2026-03-02T10:30:00+07:00",
    "meeting_place": "Hội trường UBND xã",
}

LISTED: dict[str, Any] = {
    "id": "0199e6a2-7a10-7c1b-9b39-0a9f5f0e7d21",
    "version": 1,
    "state": "planned",
    "purpose": PLAN["purpose"],
    "subject": PLAN["subject"],
    "unit": {
        "id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
        "code": "28993",
        "name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
        "path": "83/834/28993/",
    },
    "hamlet": None,
    "officials": [
        {
            "official_id": _OFFICIAL["id"],
            "full_name": _OFFICIAL["full_name"],
            "role": "lead",
            "organisation": None,
        }
    ],
    "starts_at": "2026-03-02T01:00:00+00:00",
    "ends_at": "2026-03-02T03:30:00+00:00",
    "meeting_place": PLAN["meeting_place"],
    "note": None,
    "created_at": "2026-02-20T02:00:00+00:00",
    "created_by": "cong-can-bo",
    "carried_out_at": None,
    "attendance": [],
    "attended": None,
    "location": None,
    "summary": None,
    "closed_at": None,
    "no_feedback_reason": None,
}

DETAIL: dict[str, Any] = LISTED | {
    "history": [
        {
            "at": LISTED["created_at"],
            "move": "plan",
            "client_id": "cong-can-bo",
            "official": _OFFICIAL,
            "reason": None,
            "data": {},
        }
    ]
}

PAGE: dict[str, Any] = {"items": [LISTED], "next_cursor": None}

RESCHEDULE: dict[str, Any] = {
    "starts_at": "2026-03-03T08:00:00+07:00",
    "ends_at": "2026-03-03T10:30:00+07:00",
    "reason": "Xã dời ngày họp.",
}

CARRY_OUT: dict[str, Any] = {
    "attendance": [{"name": "Trần Văn Bảy", "position": "Bí thư Đảng ủy xã"}],
    "attended": 24,
    "location": {"latitude": 10.1567, "longitude": 106.5012},
    "summary": "Nghe báo cáo tình hình hạn mặn; cống số 2 chưa được sửa.",
}

FEED: dict[str, Any] = {
    "id": "0199e6a2-7a10-7c1b-9b39-0a9f5f0e7d31",
    "official": _OFFICIAL,
    "created_at": "2026-02-20T02:00:00+00:00",
    "created_by": "cong-can-bo",
}
