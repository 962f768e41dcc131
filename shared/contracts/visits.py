"""Events of the visits service."""

from marshmallow import fields

from shared.contracts.fields import EventData, identifier, optional_text, text

ISSUE_ESCALATED = "vn.caunoi.visits.issue.escalated.v1"
ESCALATION_DECLINED = "vn.caunoi.visits.escalation.declined.v1"
ESCALATION_UNREACHED = "vn.caunoi.visits.escalation.unreached.v1"
REMINDER_DUE = "vn.caunoi.visits.reminder.due.v1"
REORGANISATION_UNDO_ANSWERED = "vn.caunoi.visits.reorganisation.undo_answered.v1"


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


class EscalationDeclined(EventData):
    """An official says that an escalation is not theirs: an assignment may be wrong.

    `seek`: nobody has it in hand, so who is responsible without those in `declined`, of that unit, on that day, at
    that step?
    """

    decline_id = identifier()
    escalation_id = identifier()
    step = fields.Integer(required=True, strict=True)
    unit_id = identifier()
    unit_path = text()
    hamlet_id = identifier(allow_none=True)
    at = fields.Date(required=True)
    issue_id = identifier()
    issue_code = text()
    official_id = identifier()
    full_name = text()
    reason = text()
    declined = fields.List(identifier(), required=True)
    declined_at = fields.AwareDateTime(required=True)
    seek = fields.Boolean(required=True)
    # Who could not be reached need not be asked either; events from before that was noticed have none.
    unreached = fields.List(identifier(), load_default=list)


class EscalationUnreached(EventData):
    """An official told of an escalation cannot be reached, and has said nothing.

    `seek`: it still stands at that step, so whom does it fall to without those who are `unreached` or have
    `declined`? Those `told` know of it already. Otherwise this is only good to know.
    """

    unreached_id = identifier()
    escalation_id = identifier()
    step = fields.Integer(required=True, strict=True)
    unit_id = identifier()
    unit_path = text()
    hamlet_id = identifier(allow_none=True)
    at = fields.Date(required=True)
    issue_id = identifier()
    issue_code = text()
    official_id = identifier()
    full_name = text()
    reason = text()
    to_full_name = optional_text()
    unreached = fields.List(identifier(), required=True)
    declined = fields.List(identifier(), required=True)
    told = fields.List(identifier(), required=True)
    unreached_at = fields.AwareDateTime(required=True)
    seek = fields.Boolean(required=True)


class Reminded(EventData):
    """A person to remind."""

    official_id = identifier()
    full_name = text()


class ReminderDue(EventData):
    """Officials are to be told of something that is not an escalation; said once."""

    reminder_id = identifier()
    kind = text()
    subject_id = identifier()
    day = fields.Date(required=True)
    recipients = fields.List(fields.Nested(Reminded), required=True)
    unit_path = text()
    title_vi = text()
    title_en = text()
    body_vi = text()
    body_en = text()
    issue_id = identifier(allow_none=True)
    issue_code = optional_text()


class ReorganisationUndoAnswered(EventData):
    """What depends on the units that began by a reorganisation; nothing: it may be undone."""

    reorganisation_id = identifier()
    asked_version = fields.Integer(required=True, strict=True)
    dependents = fields.List(fields.String(), required=True)
