"""The ways somebody can be told. Pure."""

from enum import StrEnum


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    INAPP = "inapp"  # delivered by being there
    SMS = "sms"  # over an HTTP gateway of the operator's choice
    ZALO = "zalo"  # the same
    WEBHOOK = "webhook"  # to an address of the official's own, or of the whole organisation's
