"""Example event data, complete and valid, one per type."""

from datetime import UTC, date, datetime
from typing import Any

from shared.contracts import assignments, notifications, visits
from shared.ids import uuid7
from shared.messaging.events import NewEvent

MOMENT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def issue_facts(number: int = 1, **changes: Any) -> dict[str, Any]:
    """The facts of an issue as people are told of it."""
    return {
        "id": uuid7(),
        "code": f"BT-2026-{number:06d}",
        "title": "Cống ngăn mặn bị hỏng",
        "kind": "pressing",
        "category": "irrigation_salinity",
        "severity": "critical",
        "description": "Nước mặn tràn vào kênh nội đồng, hơn 300 ha lúa bị ảnh hưởng.",
        "unit_code": "28789",
        "unit_name": "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre",
        "unit_path": "83/829/28789/",
        "hamlet_name": None,
        "reason": "Độ mặn vượt 4‰, cần đóng cống dự phòng ngay.",
        "escalated_at": MOMENT,
        "escalated_by": "cong-thong-tin-xa",
    } | changes


def escalated(number: int = 1, **changes: Any) -> NewEvent:
    """An issue.escalated event."""
    escalation_id = uuid7()
    data = {
        "escalation_id": escalation_id,
        "step": 1,
        "unit_id": uuid7(),
        "hamlet_id": None,
        "at": date(2026, 3, 2),
        "issue": issue_facts(number),
    } | changes
    return NewEvent(visits.ISSUE_ESCALATED, str(escalation_id), 1, data)


def reason(post: str = "commune_follower", **changes: Any) -> dict[str, Any]:
    """Why a person is told."""
    return {
        "post": post,
        "post_name_vi": "Cán bộ tỉnh theo dõi xã",
        "post_name_en": "Commune follower",
        "place": "Xã Bình Phú",
        "legal_basis": "Quyết định 182-QĐ/TU",
        "standing_in_for": None,
    } | changes


def recipient(name: str = "Nguyễn Thị Hồng Đào", **changes: Any) -> dict[str, Any]:
    """A person to tell."""
    return {"official_id": uuid7(), "full_name": name, "reasons": [reason()]} | changes


def routed(number: int = 1, **changes: Any) -> NewEvent:
    """An escalation.routed event."""
    escalation_id = uuid7()
    vacancy = {
        "post": "cluster_overseer",
        "post_name_vi": "Cán bộ phụ trách tiểu vùng",
        "post_name_en": "Cluster overseer",
        "place": "Tiểu vùng 1",
        "fell_to": "district_standing_body",
    }
    data = {
        "escalation_id": escalation_id,
        "step": 1,
        "issue": issue_facts(number),
        "recipients": [recipient()],
        "vacancies": [vacancy],
    } | changes
    return NewEvent(assignments.ESCALATION_ROUTED, str(data["escalation_id"]), 1, data)


def unit_changed(version: int = 1, **changes: Any) -> NewEvent:
    """A unit.changed event."""
    data = {
        "unit_id": uuid7(),
        "code": "28789",
        "name": "Xã Bình Phú",
        "kind": "xa",
        "level": "commune",
        "path": "83/829/28789/",
        "province_code": "83",
        "province_abbreviation": "BT",
        "valid_from": date(2004, 7, 8),
        "valid_to": None,
    } | changes
    return NewEvent(assignments.UNIT_CHANGED, str(data["unit_id"]), version, data)


def hamlet_changed(version: int = 1, **changes: Any) -> NewEvent:
    """A hamlet.changed event."""
    data = {
        "hamlet_id": uuid7(),
        "name": "Ấp Bình Thành",
        "unit_id": uuid7(),
        "valid_from": date(2004, 7, 8),
        "valid_to": None,
    } | changes
    return NewEvent(assignments.HAMLET_CHANGED, str(data["hamlet_id"]), version, data)


def official_changed(version: int = 1, **changes: Any) -> NewEvent:
    """An official.changed event."""
    data = {
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "email": "dao.nguyen@bentre.example",
        "phone": "+84912345678",
        "language": "vi",
        "active": True,
    } | changes
    return NewEvent(assignments.OFFICIAL_CHANGED, str(data["official_id"]), version, data)


def signing_key_changed(version: int = 1, **changes: Any) -> NewEvent:
    """A signing_key.changed event."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    data = {"kid": "k1", "jwk": jwk, "not_after": None} | changes
    return NewEvent(assignments.SIGNING_KEY_CHANGED, str(data["kid"]), version, data)


def acknowledged(**changes: Any) -> NewEvent:
    """A notification.acknowledged event."""
    data = {
        "notification_id": uuid7(),
        "escalation_id": uuid7(),
        "issue_id": uuid7(),
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "channel": "email",
        "acknowledged_at": MOMENT,
    } | changes
    return NewEvent(notifications.NOTIFICATION_ACKNOWLEDGED, str(data["notification_id"]), 1, data)


def failed(**changes: Any) -> NewEvent:
    """A notification.failed event."""
    data = {
        "notification_id": uuid7(),
        "escalation_id": uuid7(),
        "issue_id": uuid7(),
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "channel": "email",
        "reason": "550 5.1.1 mailbox unavailable",
        "failed_at": MOMENT,
    } | changes
    return NewEvent(notifications.NOTIFICATION_FAILED, str(data["notification_id"]), 1, data)


EXAMPLES = {
    new.type: new
    for new in (
        escalated(),
        routed(),
        unit_changed(),
        hamlet_changed(),
        official_changed(),
        signing_key_changed(),
        acknowledged(),
        failed(),
    )
}
