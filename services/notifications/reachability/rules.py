"""What a returned mail means, and when an official counts as out of reach. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

# None of these is prescribed; they are this service's own choices.
SOFT_LIMIT = 5  # so many soft bounces of an address
SOFT_WITHIN = timedelta(days=7)  # in so long: it is failing
DETAIL_LIMIT = 500  # letters

_MESSAGE_ID = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
# A full mailbox or a system out of order may be well again; 5.7.x is about the sender, not about the address.
_PASSING = re.compile(r"5\.(2\.[12]|3|4|5|7)")


class BounceKind(StrEnum):
    """How a mail came back."""

    HARD = "hard"  # the address takes no mail, now or later
    SOFT = "soft"  # this mail was not delivered; the next may be


class Trouble(StrEnum):
    """Why an official cannot be reached by mail."""

    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    FAILING = "failing"


@dataclass(frozen=True)
class Bounce:
    """One recipient of one returned mail. `key` says which report it stands in: the same twice is one bounce."""

    key: str
    kind: BounceKind
    notification_id: UUID | None
    address: str | None
    status: str
    detail: str


def kind_of(action: str, status: str) -> BounceKind | None:
    """What a delivery report says of a recipient (RFC 3464, 2.3.3); None: not failed, or not yet."""
    if action.lower() != "failed":
        return None
    return BounceKind.HARD if status.startswith("5") and not _PASSING.match(status) else BounceKind.SOFT


def notification_of(message_id: str) -> UUID | None:
    """The notification that a Message-ID of ours names."""
    found = _MESSAGE_ID.search(message_id)
    return UUID(found[1]) if found else None
