"""Example event data, complete and valid, one per type."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared import clock
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


def reminded(type: str = visits.REMINDER_DUE, **changes: Any) -> NewEvent:
    """A reminder.due event, of the visits service unless another type is given."""
    data = {
        "reminder_id": uuid7(),
        "kind": "visit_overdue",
        "subject_id": uuid7(),
        "day": date(2026, 3, 2),
        "recipients": [{"official_id": uuid7(), "full_name": "Nguyễn Thị Hồng Đào"}],
        "unit_path": "83/829/28789/",
        "title_vi": "Đã quá hạn đi cơ sở: Xã Bình Phú",
        "title_en": "Visit overdue: Xã Bình Phú",
        "body_vi": "Lần gần nhất: 01/02/2026.\nTheo quy định, mỗi 30 ngày một lần.",
        "body_en": "The last one: 1 February 2026.\nThe rule: once in 30 days.",
        "issue_id": None,
        "issue_code": None,
    } | changes
    return NewEvent(type, str(data["reminder_id"]), 1, data)


def reason(post: str = "commune_follower", **changes: Any) -> dict[str, Any]:
    """Why a person is told."""
    return {
        "post": post,
        "post_name_vi": "Cán bộ tỉnh theo dõi xã",
        "post_name_en": "Commune follower",
        "place": "Xã Bình Phú",
        "legal_basis": "Quyết định 182-QĐ/TU",
        "standing_in_for": None,
        "substitute_for": None,
    } | changes


def absent() -> dict[str, Any]:
    """An official who is away."""
    return {"official_id": uuid7(), "full_name": "Trần Văn Bình"}


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
        "absent": False,
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


def absence_changed(version: int = 1, **changes: Any) -> NewEvent:
    """An absence.changed event: Lê Văn An is away, and nobody stands in."""
    data: dict[str, Any] = {
        "absence_id": uuid7(),
        "official_id": uuid7(),
        "substitute_id": None,
        "assignment_ids": None,
        "valid_from": date(2026, 3, 10),
        "valid_to": date(2026, 3, 20),
        "counts": True,
    } | changes
    return NewEvent(assignments.ABSENCE_CHANGED, str(data["absence_id"]), version, data)


def cluster_changed(version: int = 1, **changes: Any) -> NewEvent:
    """A cluster.changed event."""
    data = {
        "cluster_id": uuid7(),
        "name": "Tiểu vùng 1",
        "unit_path": "83/829/",
        "communes": [{"unit_path": "83/829/28789/", "valid_from": date(2020, 1, 1), "valid_to": None}],
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
    } | changes
    return NewEvent(assignments.CLUSTER_CHANGED, str(data["cluster_id"]), version, data)


def assignment_changed(version: int = 1, **changes: Any) -> NewEvent:
    """An assignment.changed event."""
    data = {
        "assignment_id": uuid7(),
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "post": "commune_follower",
        "post_name_vi": "Cán bộ tỉnh theo dõi xã",
        "post_name_en": "Commune follower",
        "attached_to": "commune",
        "place_id": uuid7(),
        "place_name": "Xã Bình Phú",
        "unit_path": "83/829/28789/",
        "hamlet_id": None,
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
        "legal_basis": "Quyết định 182-QĐ/TU",
    } | changes
    return NewEvent(assignments.ASSIGNMENT_CHANGED, str(data["assignment_id"]), version, data)


def _unit_facts(path: str, name: str) -> dict[str, Any]:
    return {"unit_id": uuid7(), "code": path.split("/")[-2], "path": path, "name": name}


def unit_succeeded(version: int = 2, **changes: Any) -> NewEvent:
    """A unit.succeeded event."""
    heir = _unit_facts("86/28993/", "Xã Lương Phú, Tỉnh Vĩnh Long")
    data = {
        "reorganisation_id": uuid7(),
        "effective_on": date(2025, 7, 1),
        "undone": False,
        "check": False,
        "unit": _unit_facts("83/834/28993/", "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre"),
        "heir": heir,
        "hamlets": [{"hamlet_id": uuid7(), "heir_id": uuid7(), "name": "Ấp 1 (Mỹ Thạnh)", "unit": heir}],
    } | changes
    return NewEvent(assignments.UNIT_SUCCEEDED, str(data["unit"]["unit_id"]), version, data)  # type: ignore[index]


def undo_asked(**changes: Any) -> NewEvent:
    """A reorganisation.undo_asked event."""
    data = {
        "reorganisation_id": uuid7(),
        "asked_version": 3,
        "units": [{"unit_id": uuid7(), "path": "86/28993/"}],
    } | changes
    return NewEvent(assignments.REORGANISATION_UNDO_ASKED, str(data["reorganisation_id"]), 3, data)


def undo_answered(**changes: Any) -> NewEvent:
    """A reorganisation.undo_answered event."""
    data = {
        "reorganisation_id": uuid7(),
        "asked_version": 3,
        "dependents": ["2 issues rest on units that began by it"],
    } | changes
    return NewEvent(visits.REORGANISATION_UNDO_ANSWERED, str(data["reorganisation_id"]), 3, data)


def rules_applied(version: int = 1, **changes: Any) -> NewEvent:
    """A rules.applied event."""
    cadence = {
        "post": "commune_follower",
        "activity": "visit",
        "every_days": 30,
        "remind_before": 7,
        "tell_post": "provincial_leader",
        "source": "Bộ quy tắc của dự án này",
    }
    data = {"name": "hai-cap-2025", "valid_from": date(2025, 7, 1), "cadences": [cadence]} | changes
    return NewEvent(assignments.RULES_APPLIED, "rules", version, data)


def signing_key_changed(version: int = 1, **changes: Any) -> NewEvent:
    """A signing_key.changed event."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    data = {"kid": "k1", "jwk": jwk, "not_after": None} | changes
    return NewEvent(assignments.SIGNING_KEY_CHANGED, str(data["kid"]), version, data)


def declined(**changes: Any) -> NewEvent:
    """An escalation.declined event."""
    data = {
        "decline_id": uuid7(),
        "escalation_id": uuid7(),
        "step": 1,
        "unit_id": uuid7(),
        "unit_path": "83/829/28789/",
        "hamlet_id": None,
        "at": date(2026, 3, 2),
        "issue_id": uuid7(),
        "issue_code": "BT-2026-000001",
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "reason": "Tôi đã chuyển công tác từ tháng trước.",
        "declined": [uuid7()],
        "declined_at": MOMENT,
        "seek": True,
        "unreached": [],
    } | changes
    return NewEvent(visits.ESCALATION_DECLINED, str(data["escalation_id"]), 1, data)


def unreached(**changes: Any) -> NewEvent:
    """An escalation.unreached event."""
    data = {
        "unreached_id": uuid7(),
        "escalation_id": uuid7(),
        "step": 1,
        "unit_id": uuid7(),
        "unit_path": "83/829/28789/",
        "hamlet_id": None,
        "at": date(2026, 3, 2),
        "issue_id": uuid7(),
        "issue_code": "BT-2026-000001",
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "reason": "RCPT: 550 5.1.1 mailbox unavailable",
        "to_full_name": None,
        "unreached": [uuid7()],
        "declined": [],
        "told": [uuid7()],
        "unreached_at": MOMENT,
        "seek": True,
    } | changes
    return NewEvent(visits.ESCALATION_UNREACHED, str(data["escalation_id"]), 1, data)


def rerouted(**changes: Any) -> NewEvent:
    """An escalation.rerouted event."""
    names = ("post", "post_name_vi", "post_name_en", "place")
    vacant = {name: value for name, value in reason("cluster_overseer").items() if name in names}
    data = {
        "decline_id": uuid7(),
        "escalation_id": uuid7(),
        "declined_by": {"official_id": uuid7(), "full_name": "Nguyễn Văn An", "reason": "Không phải việc của tôi."},
        "recipients": [recipient()],
        "vacancies": [vacant | {"fell_to": "district_standing_body", "absent": False}],
        "way": "declined",
        "aware": [],
    } | changes
    return NewEvent(assignments.ESCALATION_REROUTED, str(data["escalation_id"]), 1, data)


def answered(answer: str = "taken", version: int = 2, **changes: Any) -> NewEvent:
    """A notification.answered event."""
    data = {
        "answer_id": uuid7(),
        "notification_id": uuid7(),
        "escalation_id": uuid7(),
        "issue_id": uuid7(),
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "channel": "email",
        "answer": answer,
        "reason": None if answer == "taken" else "Tôi đi công tác tỉnh ngoài.",
        "to_official_id": None,
        "to_full_name": None,
        "acknowledged_at": MOMENT if answer == "taken" else None,
        "answered_at": MOMENT,
    } | changes
    return NewEvent(notifications.NOTIFICATION_ANSWERED, str(data["notification_id"]), version, data)


def acknowledged(version: int = 1, **changes: Any) -> NewEvent:
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
    return NewEvent(notifications.NOTIFICATION_ACKNOWLEDGED, str(data["notification_id"]), version, data)


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


def arrived(**changes: Any) -> NewEvent:
    """A notification.arrived event."""
    data = failed().data | {"arrived_at": MOMENT} | changes
    fact = {name: data[name] for name in data if name not in ("reason", "failed_at")}
    return NewEvent(notifications.NOTIFICATION_ARRIVED, str(fact["notification_id"]), 1, fact)


def official_unreached(**changes: Any) -> NewEvent:
    """An official.unreached event."""
    data = {
        "unreached_id": uuid7(),
        "escalation_id": uuid7(),
        "issue_id": uuid7(),
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "reason": "RCPT: 550 5.1.1 mailbox unavailable",
        "to_official_id": None,
        "to_full_name": None,
        "unreached_at": MOMENT,
    } | changes
    return NewEvent(notifications.OFFICIAL_UNREACHED, str(data["unreached_id"]), 1, data)


def contact_changed(version: int = 1, **changes: Any) -> NewEvent:
    """A contact.changed event."""
    data = {"official_id": uuid7(), "reachable": False, "reason": "bounced"} | changes
    return NewEvent(notifications.CONTACT_CHANGED, str(data["official_id"]), version, data)


def account_mail_due(sealed_link: str | None = "gAAAAABn", **data: Any) -> NewEvent:
    """An official is to get a mail about their account."""
    facts = {
        "mail_id": uuid7(),
        "kind": "invitation",
        "official_id": uuid7(),
        "full_name": "Nguyễn Thị Hồng Đào",
        "address_digest": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
        "sealed_link": sealed_link,
        "expires_at": clock.now() + timedelta(days=3),
    } | data
    return NewEvent(assignments.ACCOUNT_MAIL_DUE, str(facts["mail_id"]), 1, facts)


EXAMPLES = {
    new.type: new
    for new in (
        escalated(),
        reminded(),
        reminded(assignments.REMINDER_DUE),
        routed(recipients=[recipient(reasons=[reason(substitute_for=absent())])]),
        unit_changed(),
        hamlet_changed(),
        official_changed(),
        absence_changed(),
        cluster_changed(),
        assignment_changed(),
        unit_succeeded(),
        undo_asked(),
        undo_answered(),
        rules_applied(),
        signing_key_changed(),
        account_mail_due(),
        acknowledged(),
        answered(),
        declined(),
        unreached(),
        rerouted(),
        failed(),
        arrived(),
        official_unreached(),
        contact_changed(),
    )
}
