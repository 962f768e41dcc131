"""The channels and states of a notification. Pure."""

from enum import StrEnum


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    INAPP = "inapp"  # delivered by being there


class State(StrEnum):
    """How far a notification has come. Pending until sent or failed; failed is visible and final."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Waiting(StrEnum):
    """Why a pending notification cannot even be tried."""

    NO_CONTACT = "no_contact"  # the official is not known here yet
    NO_ADDRESS = "no_address"  # the official is known to have none
