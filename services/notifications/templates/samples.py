"""Examples that words are tried with: one that has everything, one that has the least there can be. Pure."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.notifications.grouping.compose import Links, Listed
from services.notifications.notices.compose import Addressee
from services.notifications.templates.rules import Event

SAMPLES = ("full", "brief")
DATE = datetime(2026, 3, 2, 1, 45, tzinfo=UTC)
LINK = "https://caunoi.example/xac-nhan/vi-du"
_ID = UUID("0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001")
_PLACE = {
    "unit_code": "28789",
    "unit_name": "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre",
    "unit_path": "83/829/28789/",
}
_ABSENT = {"official_id": _ID, "full_name": "Trần Văn Bình"}
_FOLLOWER = {
    "post": "commune_follower",
    "post_name_vi": "Cán bộ tỉnh theo dõi xã",
    "post_name_en": "Commune follower",
    "place": "Xã Bình Phú",
    "legal_basis": "Quyết định 182-QĐ/TU",
    "standing_in_for": None,
    "substitute_for": None,
}
_OVERSEER = _FOLLOWER | {
    "post": "district_overseer",
    "post_name_vi": "Cán bộ tỉnh phụ trách huyện",
    "post_name_en": "District overseer",
    "place": "Thành phố Bến Tre",
}
_VACANCY = {
    "post": "cluster_overseer",
    "post_name_vi": "Cán bộ phụ trách tiểu vùng",
    "post_name_en": "Cluster overseer",
    "place": "Tiểu vùng 1",
    "fell_to": "district_overseer",
    "absent": True,
}


def facts(event: Event, sample: str) -> dict[str, Any]:
    """The facts of a notice, as its event has them."""
    return _FACTS[event](sample == "full")


def addressee(event: Event, sample: str) -> Addressee:
    """Somebody who is told."""
    reasons: list[dict[str, Any]] = [_FOLLOWER]
    if sample == "full":
        reasons = [
            _FOLLOWER | {"substitute_for": _ABSENT},
            _OVERSEER | {"standing_in_for": "Cán bộ phụ trách tiểu vùng"},
        ]
    elif event is not Event.ESCALATION:
        reasons = []
    return Addressee(_ID, "Nguyễn Thị Hồng Đào", "hong-dao@bentre.example", reasons, LINK)


def listed(sample: str) -> tuple[list[Listed], Links]:
    """What one message lists: a storm and two notes, or one note alone."""
    notes = [Listed(_ID, "reminder", _reminder(sample == "full"), [], LINK)]
    if sample == "brief":
        return notes, Links(LINK, LINK)
    matters = [
        Listed(
            UUID(int=number),
            "escalation",
            facts(Event.ESCALATION, each),
            addressee(Event.ESCALATION, each).reasons,
            LINK,
        )
        for number, each in enumerate(SAMPLES)
    ]
    return [*matters, Listed(_ID, "directive", _directive(True), [], LINK), *notes], Links(LINK, None)


def _escalation(full: bool) -> dict[str, Any]:
    issue = _PLACE | {
        "id": _ID,
        "code": "BT-2026-000123",
        "title": "Cống ngăn mặn bị hỏng, nước mặn tràn vào kênh nội đồng",
        "kind": "pressing" if full else "proposal",
        "category": "irrigation_salinity",
        "severity": "critical" if full else "low",
        "description": "Nước mặn tràn vào kênh nội đồng từ đêm qua.\nHơn 300 ha lúa bị ảnh hưởng; xã đã đắp tạm.",
        "hamlet_name": "Ấp Bình Thành" if full else None,
        "reason": "Độ mặn vượt 4‰, vượt khả năng của xã; cần đóng cống dự phòng ngay.",
        "escalated_at": DATE,
        "escalated_by": "Văn phòng Đảng ủy xã" if full else str(_ID),
    }
    people = [{"official_id": _ID, "full_name": "Nguyễn Thị Hồng Đào", "reasons": [_FOLLOWER]}]
    if full:
        people.append({"official_id": UUID(int=2), "full_name": "Lê Hoàng Phúc", "reasons": [_OVERSEER]})
    return {
        "escalation_id": _ID,
        "step": 2 if full else 1,
        "issue": issue,
        "recipients": people,
        "vacancies": [_VACANCY, _VACANCY | {"fell_to": None, "absent": False}] if full else [],
    }


def _handover(full: bool) -> dict[str, Any]:
    passed = {
        "way": "handed_over" if full else "declined",
        "full_name": "Lê Hoàng Phúc",
        "reason": "Đồng chí đang ở địa bàn.",
    }
    return _escalation(full) | {"handover_id": _ID, "passed": passed}


def _directive(full: bool) -> dict[str, Any]:
    return {
        "broadcast_id": _ID,
        "directive_id": _ID,
        "purpose": "issued" if full else "recalled",
        "number": "12-CT/TU" if full else None,
        "title": "Tăng cường phòng, chống hạn mặn",
        "issuer": "Ban Thường vụ Tỉnh ủy",
        "body": "Các đồng chí phụ trách xã triển khai ngay việc trữ nước ngọt.",
        "reason": "Thay bằng văn bản khác." if not full else None,
        "pass_on_by": date(2026, 3, 6) if full else None,
        "files": [
            {"name": "12-CT-TU.pdf", "url": "https://caunoi.example/tai-lieu/vi-du"},
            {"name": "Phụ lục.xlsx", "url": None},
        ][: 2 if full else 0],
    }  # fmt: skip


def _reminder(full: bool) -> dict[str, Any]:
    people = [{"official_id": _ID, "full_name": "Nguyễn Thị Hồng Đào"}]
    if full:
        people.append({"official_id": UUID(int=2), "full_name": "Lê Hoàng Phúc"})
    return {
        "reminder_id": _ID,
        "kind": "visit_overdue",
        "subject_id": _ID,
        "day": date(2026, 3, 2),
        "recipients": people,
        "unit_path": _PLACE["unit_path"],
        "title_vi": "Đã quá hạn đi cơ sở: Xã Bình Phú",
        "title_en": "Visit overdue: Xã Bình Phú",
        "body_vi": "Lần gần nhất: 01/02/2026.\nTheo quy định, mỗi 30 ngày một lần.",
        "body_en": "The last one: 1 February 2026.\nThe rule: once in 30 days.",
        "issue_id": _ID if full else None,
        "issue_code": "BT-2026-000123" if full else None,
    }


_FACTS = {
    Event.ESCALATION: _escalation,
    Event.HANDOVER: _handover,
    Event.DIRECTIVE: _directive,
    Event.REMINDER: _reminder,
}
