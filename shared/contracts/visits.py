"""Events of the visits service."""

from marshmallow import fields

from shared.contracts.fields import EventData, identifier, optional_text, text

ISSUE_ESCALATED = "vn.caunoi.visits.issue.escalated.v1"


class IssueFacts(EventData):
    """What people are told of an issue: frozen at the moment of its escalation."""

    id = identifier()
    code = text()
    title = text()
    kind = text()
    category = text()
    severity = text()
    description = text()
    unit_code = text()
    unit_name = text()
    unit_path = text()
    hamlet_name = optional_text()
    reason = text()
    escalated_at = fields.AwareDateTime(required=True)
    escalated_by = text()


class IssueEscalated(EventData):
    """An issue was escalated: who is responsible for that unit, on that day, at that step?"""

    escalation_id = identifier()
    step = fields.Integer(required=True, strict=True)
    unit_id = identifier()
    hamlet_id = identifier(allow_none=True)
    at = fields.Date(required=True)
    issue = fields.Nested(IssueFacts, required=True)
