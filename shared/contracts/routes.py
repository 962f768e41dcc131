"""The one table that says which service listens to which event, and the schema of each event.

What a service does on hearing it stands in its own `handlers.py`; a test holds the two together.
"""

from shared.contracts import assignments, notifications, visits
from shared.contracts.fields import EventData

SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    visits.ISSUE_ESCALATED: ("assignments",),
    visits.ESCALATION_DECLINED: ("assignments",),
    visits.ESCALATION_UNREACHED: ("assignments",),
    visits.REMINDER_DUE: ("notifications",),
    assignments.ESCALATION_ROUTED: ("notifications", "visits"),
    assignments.REMINDER_DUE: ("notifications",),
    assignments.ESCALATION_REROUTED: ("notifications", "visits"),
    assignments.UNIT_CHANGED: ("notifications", "visits"),
    assignments.HAMLET_CHANGED: ("visits",),
    assignments.OFFICIAL_CHANGED: ("notifications", "visits"),
    assignments.CLUSTER_CHANGED: ("visits",),
    assignments.ASSIGNMENT_CHANGED: ("notifications", "visits"),
    assignments.ABSENCE_CHANGED: ("visits",),
    assignments.RULES_APPLIED: ("visits",),
    assignments.SIGNING_KEY_CHANGED: ("notifications", "visits"),
    assignments.ACCOUNT_MAIL_DUE: ("notifications",),
    assignments.UNIT_SUCCEEDED: ("visits",),
    assignments.REORGANISATION_UNDO_ASKED: ("visits",),
    visits.REORGANISATION_UNDO_ANSWERED: ("assignments",),
    notifications.NOTIFICATION_ACKNOWLEDGED: ("visits",),
    notifications.NOTIFICATION_ANSWERED: ("visits",),
    notifications.NOTIFICATION_FAILED: ("visits",),
    notifications.NOTIFICATION_ARRIVED: ("visits",),
    notifications.OFFICIAL_UNREACHED: ("visits",),
    notifications.CONTACT_CHANGED: ("assignments",),
}

SCHEMAS: dict[str, EventData] = {
    visits.ISSUE_ESCALATED: visits.IssueEscalated(),
    visits.ESCALATION_DECLINED: visits.EscalationDeclined(),
    visits.ESCALATION_UNREACHED: visits.EscalationUnreached(),
    visits.REMINDER_DUE: visits.ReminderDue(),
    assignments.ESCALATION_ROUTED: assignments.EscalationRouted(),
    assignments.REMINDER_DUE: visits.ReminderDue(),
    assignments.ESCALATION_REROUTED: assignments.EscalationRerouted(),
    assignments.UNIT_CHANGED: assignments.UnitChanged(),
    assignments.HAMLET_CHANGED: assignments.HamletChanged(),
    assignments.OFFICIAL_CHANGED: assignments.OfficialChanged(),
    assignments.CLUSTER_CHANGED: assignments.ClusterChanged(),
    assignments.ASSIGNMENT_CHANGED: assignments.AssignmentChanged(),
    assignments.ABSENCE_CHANGED: assignments.AbsenceChanged(),
    assignments.RULES_APPLIED: assignments.RulesApplied(),
    assignments.SIGNING_KEY_CHANGED: assignments.SigningKeyChanged(),
    assignments.ACCOUNT_MAIL_DUE: assignments.AccountMailDue(),
    assignments.UNIT_SUCCEEDED: assignments.UnitSucceeded(),
    assignments.REORGANISATION_UNDO_ASKED: assignments.ReorganisationUndoAsked(),
    visits.REORGANISATION_UNDO_ANSWERED: visits.ReorganisationUndoAnswered(),
    notifications.NOTIFICATION_ACKNOWLEDGED: notifications.NotificationAcknowledged(),
    notifications.NOTIFICATION_ANSWERED: notifications.NotificationAnswered(),
    notifications.NOTIFICATION_FAILED: notifications.NotificationFailed(),
    notifications.NOTIFICATION_ARRIVED: notifications.NotificationArrived(),
    notifications.OFFICIAL_UNREACHED: notifications.OfficialUnreached(),
    notifications.CONTACT_CHANGED: notifications.ContactChanged(),
}
