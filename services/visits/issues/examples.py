"""One realistic issue for the API's documentation."""

from typing import Any

REPORT: dict[str, Any] = {
    "unit": "28993",
    "kind": "pressing",
    "category": "irrigation_salinity",
    "severity": "critical",
    "title": "Cống ngăn mặn bị hỏng",
    "description": "Nước mặn tràn vào kênh nội đồng, hơn 300 ha lúa bị ảnh hưởng.",
    "reporter": {"name": "Ban quản lý ấp", "contact": "0912 345 678"},
}

LISTED: dict[str, Any] = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
    "code": "BT-2026-000123",
    "state": "reported",
    "step": 0,
    "version": 1,
    **{name: REPORT[name] for name in ("kind", "category", "severity", "title")},
    "unit": {
        "id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
        "code": "28993",
        "name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
        "path": "83/834/28993/",
    },
    "hamlet": None,
    "reported_at": "2026-03-02T01:30:00+00:00",
}

DETAIL: dict[str, Any] = {
    **LISTED,
    "description": REPORT["description"],
    "created_by": "cong-thong-tin-xa",
    "sensitivity": "normal",
    "looked_like": None,
    "handler": None,
    "waiting": None,
    "resolution": None,
    "closed_at": None,
    "merged_into": None,
    "re_report_of": None,
    "re_reported_as": None,
}

INTAKE: dict[str, Any] = {name: REPORT[name] for name in ("kind", "category", "title", "description")}

MOVE: dict[str, Any] = {"move": "reject", "reason": "Không thuộc thẩm quyền của địa phương."}
MOVED: dict[str, Any] = {**DETAIL, "state": "rejected", "version": 2, "closed_at": "2026-03-02T02:00:00+00:00"}

PAGE: dict[str, Any] = {"items": [LISTED], "next_cursor": None}
