"""What the API shows of a notice: the issue as it was when it was escalated, why somebody is told, vacancies; or
the reminder."""

from typing import Any

from marshmallow import fields

from services.notifications.notices.rules import Way
from shared.web.schemas import Output

_INSTANT = {"format": "date-time"}


class IssueOutput(Output):
    """An issue at the moment of its escalation."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    category = fields.String(required=True)
    severity = fields.String(required=True)
    unit_code = fields.String(required=True)
    unit_name = fields.String(required=True, metadata={"description": "In full, with the units above it"})
    unit_path = fields.String(required=True)
    hamlet_name = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, metadata={"description": "Why it was escalated"})
    escalated_at = fields.String(required=True, metadata=_INSTANT)
    escalated_by = fields.String(required=True)


class IssueDetailOutput(IssueOutput):
    """The same with its description."""

    description = fields.String(required=True)


class ReminderOutput(Output):
    """What a reminder says, in both languages."""

    kind = fields.String(required=True, metadata={"description": "Such as visit_overdue"})
    subject_id = fields.UUID(required=True, metadata={"description": "The id of what it is about"})
    day = fields.String(required=True, metadata={"format": "date"})
    title_vi = fields.String(required=True)
    title_en = fields.String(required=True)
    body_vi = fields.String(required=True)
    body_en = fields.String(required=True)
    issue_id = fields.UUID(required=True, allow_none=True)
    issue_code = fields.String(required=True, allow_none=True)


class AbsentOutput(Output):
    """An official who is away."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class PassedOutput(Output):
    """From whom an escalation came."""

    way = fields.String(
        required=True,
        metadata={
            "enum": list(Way),
            "description": "handed_over; given_back to whom had handed it over; declined: it was not theirs; "
            "unreached: nothing reached them",
        },
    )
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    reason = fields.String(required=True)


class EnclosedOutput(Output):
    """A link of a directive, or a file of it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True, allow_none=True, metadata={"description": "null: a file of the directive"})
    size = fields.Integer(required=True, allow_none=True)


class DirectedOutput(Output):
    """A directive as it was told."""

    directive_id = fields.UUID(required=True)
    purpose = fields.String(required=True, metadata={"enum": ["issued", "corrected", "recalled"]})
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "Of correcting or recalling it"}
    )
    number = fields.String(required=True, allow_none=True)
    issuer = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    must_read = fields.Boolean(required=True)
    pass_on_by = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    unit_name = fields.String(required=True)
    edition = fields.Integer(required=True)
    files = fields.List(fields.Nested(EnclosedOutput), required=True)


class ReasonOutput(Output):
    """Why somebody is told."""

    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    place = fields.String(required=True)
    legal_basis = fields.String(required=True)
    standing_in_for = fields.String(
        required=True, allow_none=True, metadata={"description": "The vacant post that fell to this one"}
    )
    substitute_for = fields.Nested(
        AbsentOutput,
        allow_none=True,
        metadata={"description": "The absent official whom this person stands in for, if any"},
    )


class VacancyOutput(Output):
    """A post nobody holds."""

    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    place = fields.String(required=True)
    fell_to = fields.String(
        required=True, allow_none=True, metadata={"description": "The post that was told instead"}
    )
    absent = fields.Boolean(metadata={"description": "It is held, but all who hold it are away"})


ISSUE_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
    "code": "BT-2026-000123",
    "title": "Cống ngăn mặn bị hỏng",
    "kind": "pressing",
    "category": "irrigation_salinity",
    "severity": "critical",
    "unit_code": "28993",
    "unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "unit_path": "83/834/28993/",
    "hamlet_name": None,
    "reason": "Vượt khả năng của xã, cần xà lan chở nước ngọt",
    "escalated_at": "2026-03-02T01:45:00Z",
    "escalated_by": "cong-thong-tin-xa",
}
DESCRIPTION_EXAMPLE = "Nước mặn tràn vào kênh nội đồng, hơn 300 ha lúa bị ảnh hưởng."
REASON_EXAMPLE: dict[str, Any] = {
    "post": "district_overseer",
    "post_name_vi": "Ủy viên Ban Thường vụ Tỉnh ủy theo dõi huyện",
    "post_name_en": "District overseer",
    "place": "Huyện Giồng Trôm",
    "legal_basis": "Quyết định 182-QĐ/TU",
    "standing_in_for": None,
    "substitute_for": None,
}
