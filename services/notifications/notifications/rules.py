"""The channels and states of a notification. Pure."""

from enum import StrEnum

from services.notifications.contacts.rules import Channel as Channel

# The loops that work off what is due, e-mail and what goes over HTTP, and the channels of PostgreSQL on which a
# commit wakes each: only that which has something to do, for they share a process.
SENDER, SENDING = "notifications-sender", "notifications_sending"
HELPER, HELPING = "notifications-helper", "notifications_helping"  # e-mail, when there is more than one can send
CALLER, CALLING = "notifications-caller", "notifications_calling"


class State(StrEnum):
    """How far a notification has come. Pending until sent or failed; failed is visible and final. Unneeded is what
    was still held back when its reader acknowledged the matter in another way."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    UNNEEDED = "unneeded"


# Channels to a person; what listens to a webhook wants to hear of everything.
SPARED = (Channel.EMAIL, Channel.SMS, Channel.ZALO)


class Waiting(StrEnum):
    """Why a pending notification cannot even be tried."""

    NO_CONTACT = "no_contact"  # the official is not known here yet
    NO_ADDRESS = "no_address"  # the official is known to have none
