"""Events of the notifications service."""

from marshmallow import fields

from shared.contracts.fields import EventData, identifier, text

NOTIFICATION_ACKNOWLEDGED = "vn.caunoi.notifications.notification.acknowledged.v1"
NOTIFICATION_FAILED = "vn.caunoi.notifications.notification.failed.v1"


class _NotificationFact(EventData):
    notification_id = identifier()
    escalation_id = identifier()
    issue_id = identifier()
    official_id = identifier()
    full_name = text()
    channel = text()


class NotificationAcknowledged(_NotificationFact):
    """An official has said: I have seen this."""

    acknowledged_at = fields.AwareDateTime(required=True)


class NotificationFailed(_NotificationFact):
    """An official could not be reached over a channel; nobody will try again by itself."""

    reason = text()
    failed_at = fields.AwareDateTime(required=True)
