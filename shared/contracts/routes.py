"""The one table that says which service listens to which event, and the schema of each event.

What a service does on hearing it stands in its own `handlers.py`; a test holds the two together.
"""

from shared.contracts import assignments, notifications, visits
from shared.contracts.fields import EventData

SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    visits.ISSUE_ESCALATED: ("assignments",),
    assignments.ESCALATION_ROUTED: ("notifications", "visits"),
    assignments.UNIT_CHANGED: ("visits",),
    assignments.HAMLET_CHANGED: ("visits",),
    assignments.OFFICIAL_CHANGED: ("notifications",),
    assignments.SIGNING_KEY_CHANGED: ("notifications", "visits"),
    notifications.NOTIFICATION_ACKNOWLEDGED: ("visits",),
    notifications.NOTIFICATION_FAILED: ("visits",),
}

SCHEMAS: dict[str, EventData] = {
    visits.ISSUE_ESCALATED: visits.IssueEscalated(),
    assignments.ESCALATION_ROUTED: assignments.EscalationRouted(),
    assignments.UNIT_CHANGED: assignments.UnitChanged(),
    assignments.HAMLET_CHANGED: assignments.HamletChanged(),
    assignments.OFFICIAL_CHANGED: assignments.OfficialChanged(),
    assignments.SIGNING_KEY_CHANGED: assignments.SigningKeyChanged(),
    notifications.NOTIFICATION_ACKNOWLEDGED: notifications.NotificationAcknowledged(),
    notifications.NOTIFICATION_FAILED: notifications.NotificationFailed(),
}
