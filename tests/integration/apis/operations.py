"""Every operation of the three APIs, read from their own OpenAPI documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.notifications.preferences.schemas import (
    PREFERENCES_INPUT_EXAMPLE,
    RULE_INPUT_EXAMPLE,
    SETTINGS_INPUT_EXAMPLE,
)
from services.notifications.retention.schemas import RULE_INPUT_EXAMPLE as RETENTION_INPUT_EXAMPLE
from services.notifications.templates.schemas import INPUT_EXAMPLE as TEMPLATE_INPUT_EXAMPLE
from tests.integration.apis.conftest import Apis

SERVICES = ("assignments", "visits", "notifications")
PARAMETERS = {  # which made thing stands for a path parameter
    "unit_id": "unit_id",
    "hamlet_id": "hamlet_id",
    "official_id": "official_id",
    "cluster_id": "cluster_id",
    "assignment_id": "assignment_id",
    "absence_id": "absence_id",
    "import_id": "import_id",
    "sheet_kind": "sheet_kind",
    "document_id": "document_id",
    "campaign_id": "campaign_id",
    "post": "post",
    "charge_code": "charge_code",
    "activity": "activity",
    "excusal_id": "excusal_id",
    "rating_id": "rating_id",
    "threshold": "threshold",
    "issue": "issue",
    "notification_id": "notification_id",
    "endpoint_id": "endpoint_id",
    "suppression_id": "suppression_id",
    "replay_id": "replay_id",
    "doubt_id": "doubt_id",
    "directive_id": "directive_id",
    "file_id": "file_id",
    "contribution_id": "contribution_id",
    "report_id": "report_id",
    "request_id": "request_id",
    "purpose_code": "purpose_code",
    "section_code": "section_code",
    "period": "period",
    "comment_id": "comment_id",
    "link_id": "link_id",
    "proposal_id": "proposal_id",
    "visit_id": "visit_id",
    "visit_purpose": "visit_purpose",
    "feed_id": "feed_id",
    "feedback_id": "feedback_id",
    "wording_rule": "wording_rule",
    "grant_id": "grant_id",
    "reorganisation_id": "reorganisation_id",
    "item_id": "item_id",
}

FIXED = {  # rows that the migrations make
    "limit": "most_places",
    "step": "1",
    "preset": "hai-cap-2025",
    "category": "water",
    "phrase_code": "complaint",
    "rule_code": "erase_reporter_after",
    "outcome": "complaint",
    "policy_code": "acceptance",
    "day": "2026-03-02",
    "kind": "escalation",
    "detail": "high",
    "event": "escalation",
    "channel": "sms",
    "language": "vi",
    "session_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7dab",
}

_NAMED = {"name_vi": "Tên", "name_en": "Name", "position": 1, "source": "Quy định 02"}
_NAMED_STEP = {
    "name_vi": "Tên",
    "name_en": "Name",
    "source": "Quy định 02",
    "climb_after": 8,
    "follow_after": 24,
    "times_source": "Quy định 02",
}
_NAMED_POST = {
    "code": "ward_adviser",
    "name_vi": "Tên",
    "name_en": "Name",
    "attached_to": "commune",
    "step": 1,
    "position": 90,
    "source": "Quy định 02",
}
_DEADLINE = {"due_days": 1, "remind_before_days": 1, "chase_every_days": 1, "source": "Quy định 02"}
_GIFT = {
    "unit": "28789",
    "sponsor": {"name": "Bà Tư", "kind": "individual"},
    "kind": "money",
    "amount": 1_000_000,
    "purpose": "gifts",
    "given_on": "2026-03-02",
}
_TERMS = {"on": "2030-01-01", "legal_basis": "Quyết định 215-QĐ/TU"}
_TERMS_OF_REVIEW = {"deadline": "2998-01-01", "effective_on": "2999-01-01", "legal_basis": "Kế hoạch 45"}
_TIMES = {"starts_at": "2026-03-02T08:00:00+07:00", "ends_at": "2026-03-02T10:00:00+07:00"}
BODIES: dict[str, dict[str, Any]] = {  # good bodies by template; an official named `OFFICIAL` is the one made
    "/documents": {"number": "9", "issuer": "Tỉnh ủy", "issued_on": "2016-03-14", "title": "Văn bản", "unit": "83"},
    "/documents/{document_id}": {"must_read": True},
    "/documents/{document_id}/readings": {"official": "OFFICIAL"},
    "/coverage-limits/{limit}": {"amount": 5, "source": "Quy định 02"},
    "/absences": {"official": "OFFICIAL", "valid_from": "2026-03-02", "reason": "study"},
    "/absences/{absence_id}": {"valid_to": "2999-03-09"},
    "/absences/{absence_id}/moves": {"move": "cancel"},
    "/assignments/{assignment_id}/corrections": {"reason": "Ghi nhầm.", "valid_from": "2020-01-02"},
    "/assignments/{assignment_id}/handover": _TERMS | {"official": "OFFICIAL"},
    "/rotations": _TERMS | {"moves": [{"assignment": "ASSIGNMENT"}]},
    "/rules/applications": {"preset": "hai-cap-2025"},
    "/posts/{post}/retirement": {"valid_to": "2030-01-01"},
    "/reviews": _TERMS_OF_REVIEW | {"name": "Rà soát", "unit": "83", "posts": ["commune_follower"]},
    "/reviews/{campaign_id}/items/{assignment_id}": {"decision": "keep", "reason": "Làm tốt."},
    "/reviews/{campaign_id}/application": {"dry_run": True},
    "/reviews/{campaign_id}/cancellation": {"reason": "Chờ sắp xếp."},
    "/posts": _NAMED_POST,
    "/posts/{post}": {"required": True},
    "/posts/{post}/scope": {"text_vi": "Toàn diện", "text_en": "Everything", "source": "Quy định 02"},
    "/posts/{post}/charges/{charge_code}": {
        "kind": "duty",
        "position": 1,
        "text_vi": "Xuống cơ sở",
        "text_en": "Visit",
        "source": "Quy định 02",
    },
    "/posts/{post}/permissions": {"scopes": ["assignments:read"], "source": "Quy định 02"},
    "/role-grants": {"official": "OFFICIAL", "role": "auditor", "unit": "83", "source": "Quy định 02"},
    "/officials/{official_id}/account/block": {"blocked": True},
    "/me/password": {"current": "x", "password": "bốn chiếc thuyền xuôi dòng"},
    "/me/authenticator/confirmation": {"code": "000000"},
    "/me/authenticator/removal": {"current": "x"},
    "/calendar-overrides/{day}": {"kind": "off", "note": "Nghỉ bù", "source": "Thông báo 1"},
    "/working-hours": {"hours": [{"weekday": 0, "opens": "07:30", "closes": "11:30", "source": "Quy định 02"}]},
    "/sla-policies/{policy_code}": {
        "target": "acceptance",
        "amount": 8,
        "measure": "working_hours",
        "source": "Quy định 02",
    },
    "/escalation-steps/{step}": _NAMED_STEP,
    "/cadence/rules/{post}/{activity}": {"every_days": 30, "remind_before": 7, "source": "Quy định 02"},
    "/thresholds/{threshold}": {"days": 45, "source": "Quy định 02"},
    "/excusals": {
        "official": "OFFICIAL",
        "unit": "28789",
        "first_day": "2026-03-02",
        "last_day": "2026-03-31",
        "reason": "Đi học",
    },
    "/categories/{category}": {
        "name_vi": "Nước",
        "name_en": "Water",
        "position": 10,
        "active": True,
        "parent": None,
        "needs_evidence": False,
        "urgent": False,
        "source": "Quy định 02",
    },
    "/intake-phrases/{phrase_code}": {
        "outcome": "complaint",
        "phrase": "khiếu nại",
        "weight": 60,
        "active": True,
        "source": "Luật Khiếu nại 2011",
    },
    "/intake-guidance/{outcome}": {
        "threshold": 60,
        "text_vi": "a",
        "text_en": "b",
        "source": "Luật Khiếu nại 2011",
    },
    "/privacy-rules/{rule_code}": {"days": 30, "source": "Quy định 02"},
    "/directives": {"unit": "83", "issuer": "Tỉnh ủy", "title": "Hạn mặn", "body": "Đề nghị truyền đạt."},
    "/directives/{directive_id}/corrections": {"title": "Hạn mặn 2026", "reason": "Ghi rõ năm."},
    "/directives/{directive_id}/recall": {"reason": "Đã thay bằng văn bản khác."},
    "/directives/{directive_id}/receipts/{official_id}/passing-on": {"on": "2026-03-02", "to": "Hội nghị xã"},
    "/assignment-doubts/{doubt_id}/settlement": {"outcome": "kept"},
    "/notifications/acknowledgements": {"notifications": ["NOTIFICATION"]},
    "/notifications/{notification_id}/answers": {"answer": "taken"},
    "/issues/{issue}/reporter/erasure": {"reason": "Theo yêu cầu."},
    "/reorganisations": {"name": "Sắp xếp"},
    "/reorganisations/{reorganisation_id}/undo": {"reason": "Danh sách bị nhầm."},
    "/reorganisations/{reorganisation_id}/items/{item_id}/decision": {"unit": None},
    "/issues/{issue}/moves": {"move": "accept"},
    "/issues/{issue}/comments": {"text": "Đã xuống xem."},
    "/issues/{issue}/comments/{comment_id}/withdrawal": {"reason": "Ghi nhầm."},
    "/issues/{issue}/links": {"kind": "document", "number": "13/TB-UBND", "title": "Thông báo"},
    "/issues/{issue}/merge": {"into": "BT-2026-000001", "reason": "Cùng một việc."},
    "/issues/similar": {"unit": "28789", "category": "water", "title": "Mất nước"},
    "/similarity-rule": {"days": 90, "least_score": 50, "at_most": 5, "source": "Quy định 02"},
    "/proposals/{proposal_id}/moves": {"move": "answer", "text": "Đồng ý.", "by": "Tỉnh ủy"},
    "/activities": {"official": "OFFICIAL", "unit": "28789", "activity": "contact"},
    "/cooperation-ratings": {"official": "OFFICIAL", "unit": "28789", "month": "2026-03", "score": 4},
    "/cooperation-ratings/{rating_id}": {"score": 5},
    "/visits": _TIMES | {"unit": "28789", "purpose": "inspection", "subject": "Xem cống", "official": "OFFICIAL"},
    "/visits/{visit_id}/reschedule": _TIMES | {"reason": "Xã bận."},
    "/visits/{visit_id}/cancel": {"reason": "Xã bận."},
    "/visits/{visit_id}/carry-out": {"attended": 3},
    "/visits/{visit_id}/close": {"no_feedback_reason": "Chỉ dự lễ."},
    "/visit-purposes/{visit_purpose}": {
        "name_vi": "Tên",
        "name_en": "Name",
        "grace_hours": 1,
        "close_hours": 1,
        "source": "Quy định 02",
    },
    "/calendar-feeds": {"official": "OFFICIAL"},
    "/feedback": {"unit": "28789", "official": "OFFICIAL", "form": "formal", "text": "Cống số 2 chưa sửa xong."},
    "/feedback/{feedback_id}/moves": {"move": "explain", "text": "Đã sửa.", "by": "Chủ tịch xã"},
    "/wording-rules/{wording_rule}": {
        "kind": "refuse",
        "test": "shortest",
        "number": 4,
        "message_vi": "Quá ngắn.",
        "message_en": "Too short.",
        "source": "Quy định 02",
    },
    "/feedback-follow-up": {
        "answer_days": 15,
        "remind_before_days": 3,
        "chase_every_days": 7,
        "source": "Quy định 02",
    },
    "/support-purposes/{purpose_code}": _NAMED,
    "/support": _GIFT | {"official": "OFFICIAL"},
    "/support/{contribution_id}/void": {"reason": "Ghi nhầm."},
    "/support/{contribution_id}/corrections": _GIFT | {"official": "OFFICIAL", "reason": "Ghi nhầm."},
    "/report-sections/{section_code}": _NAMED,
    "/report-deadlines/{period}": _DEADLINE,
    "/report-receivers": {"posts": ["provincial_leader"], "source": "Quy định 02"},
    "/reports": {"official": "OFFICIAL", "unit": "28789", "period": "week", "day": "2026-01-05"},
    "/reports/{report_id}": {"sections": {"proposals": "Không."}},
    "/reports/{report_id}/moves": {"move": "submit"},
    "/information-deadline": _DEADLINE,
    "/proposal-reminder": {"every_days": 3, "source": "Quy định 02"},
    "/information-requests": {"unit": "28789", "question": "Bao nhiêu hộ thiếu nước?"},
    "/preferences/{official_id}": PREFERENCES_INPUT_EXAMPLE,
    "/telling-rules/{kind}/{detail}": RULE_INPUT_EXAMPLE,
    "/retention-rules/{kind}": RETENTION_INPUT_EXAMPLE,
    "/telling-settings": SETTINGS_INPUT_EXAMPLE,
    "/templates/{event}/{channel}/{language}": TEMPLATE_INPUT_EXAMPLE,
    "/templates/{event}/{channel}/{language}/restorations": {"version": 0},
    "/replays": {"ids": ["NOTIFICATION"]},
    "/suppressions/{suppression_id}/lift": {"reason": "Hộp thư đã mở lại."},
    "/webhooks": {"official": "OFFICIAL", "url": "https://nhan.bentre.example/rieng"},
    "/webhooks/{endpoint_id}": {"url": "https://nhan.bentre.example/moi", "active": True},
    "/information-requests/{request_id}/moves": {"move": "answer", "text": "120 hộ.", "by": "Chủ tịch xã"},
}


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    service: str
    method: str
    template: str
    spec: dict[str, Any]
    document: dict[str, Any]

    @property
    def name(self) -> str:
        """As shown in a test's output."""
        return f"{self.method} {self.template}"

    @property
    def public(self) -> bool:
        """Needs no token."""
        return "security" not in self.spec

    @property
    def scope(self) -> str:
        """The scope it needs."""
        return str(self.spec["security"][0]["oauth"][0])

    def path(self, apis: Apis) -> str:
        """The path of something that exists."""
        out = self.template
        for parameter, made in PARAMETERS.items():
            out = out.replace("{" + parameter + "}", apis.made[made])
        for parameter, value in FIXED.items():
            out = out.replace("{" + parameter + "}", value)
        return out.replace("{token}", "not-a-token")

    def good_body(self, apis: Apis) -> dict[str, Any] | None:
        """A body that it takes, if one stands in BODIES."""
        body = BODIES.get(self.template.removeprefix(f"/api/{self.service}/v1"))
        named = {"OFFICIAL": apis.made["official_id"], "NOTIFICATION": apis.made["notification_id"]}
        return body and {
            name: [named.get(each, each) for each in value]
            if isinstance(value, list) and all(isinstance(each, str) for each in value)
            else named.get(value, value)
            if isinstance(value, str)
            else value
            for name, value in body.items()
        }
        return body and _filled(body, apis)

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Follow a $ref."""
        while "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = self.document["components"]["schemas"][name]
        return schema

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return self.resolve(content["application/json"]["schema"]) if "application/json" in content else None

    @property
    def query(self) -> list[dict[str, Any]]:
        """Its query parameters."""
        return [each for each in self.spec.get("parameters", []) if each["in"] == "query"]

    def needed(self, apis: Apis) -> dict[str, str]:
        """Good values of the query parameters it cannot do without."""
        good = {"unit": "28789", "official": apis.made["official_id"], "why": "Gọi lại để hỏi rõ"}
        good |= {"first": "2026-03-02", "last": "2026-03-08"}
        good |= {"reorganisation": apis.made["reorganisation_id"]}
        return {each["name"]: good[each["name"]] for each in self.query if each.get("required")}


def _filled(value: Any, apis: Apis) -> Any:
    """A body with the ids of what was made."""
    if isinstance(value, dict):
        return {name: _filled(inner, apis) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, apis) for inner in value]
    ids = {"OFFICIAL": "official_id", "ASSIGNMENT": "assignment_id"}
    return apis.made[ids[value]] if value in ids else value


def operations(apis: Apis) -> Iterator[Operation]:
    """All documented operations."""
    for service in SERVICES:
        document = apis.client(service).get(f"/api/{service}/v1/openapi.json").json
        assert document is not None
        for template, item in document["paths"].items():
            for method, spec in item.items():
                if method in ("get", "post", "put", "patch", "delete"):
                    yield Operation(service, method.upper(), template, spec, document)
