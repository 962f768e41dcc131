"""Events of the notifications service."""

from marshmallow import fields

from shared.contracts.fields import EventData, identifier, optional_text, text

NOTIFICATION_ACKNOWLEDGED = "vn.caunoi.notifications.notification.acknowledged.v1"
CONTACT_CHANGED = "vn.caunoi.notifications.contact.changed.v1"
NOTIFICATION_ANSWERED = "vn.caunoi.notifications.notification.answered.v1"
NOTIFICATION_FAILED = "vn.caunoi.notifications.notification.failed.v1"
NOTIFICATION_ARRIVED = "vn.caunoi.notifications.notification.arrived.v1"
OFFICIAL_UNREACHED = "vn.caunoi.notifications.official.unreached.v1"


class ContactChanged(EventData):
    """An official can no longer be reached by mail, or again; by then nothing need have been missed."""

    official_id = identifier()
    reachable = fields.Boolean(required=True)
    reason = optional_text()  # no_address, bounced, failing; null when reachable


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


class NotificationAnswered(_NotificationFact):
    """An official has said more than that. The version orders all that one official says of one escalation,
    acknowledgements too: the newest counts.

    `taken`: will handle it. `handed_over`: to another, who is told. `declined`: not theirs; `to_official_id` is who
    had handed it over and has it again, null: others have to be found. `returned`: takes an acknowledgement back.
    `acknowledged_at`: null unless the acknowledgement of this official stands.
    """

    answer_id = identifier()
    answer = text(metadata={"description": "taken, handed_over, declined, returned"})
    reason = optional_text()
    to_official_id = identifier(allow_none=True)
    to_full_name = optional_text()
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True)


class NotificationFailed(_NotificationFact):
    """An official could not be reached over a channel; nobody will try again by itself."""

    reason = text()
    failed_at = fields.AwareDateTime(required=True)


class NotificationArrived(_NotificationFact):
    """What had failed was sent again, and accepted."""

    arrived_at = fields.AwareDateTime(required=True)


class OfficialUnreached(EventData):
    """No channel but the inbox is left over which an official could be told of an escalation, and they have said
    nothing there: somebody else has to hear of it. Said once of each notice; the official may hear of it later all
    the same.

    `to_official_id` is who had handed it over to them and has it again, null: others have to be found.
    """

    unreached_id = identifier()
    escalation_id = identifier()
    issue_id = identifier()
    official_id = identifier()
    full_name = text()
    reason = text(metadata={"description": "no address, no contact, or what the last channel answered"})
    to_official_id = identifier(allow_none=True)
    to_full_name = optional_text()
    unreached_at = fields.AwareDateTime(required=True)
