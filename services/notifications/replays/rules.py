"""What may be sent again, and how much at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.notifications.finding.rules import Wanted
from services.notifications.notifications.rules import State
from shared.web.auth import Principal

CHUNK = 500  # notifications looked at in one transaction
MOST = 100_000  # one replay looks at; whoever wants more narrows it
MOST_IDS = 500
SAMPLE = 20


class WhyNot(StrEnum):
    """Why a notification is left alone; if several hold, the first."""

    ACKNOWLEDGED = "acknowledged"  # or answered: the official knows
    PENDING = "pending"  # it is going out anyway
    UNDER_WAY = "under_way"  # a sender has it in hand
    IN_APP = "in_app"  # there is nothing to send
    SENT = "sent"  # and nobody said that it should go out again
    REPLAYED = "replayed"  # another replay has taken it since
    TOO_OLD = "too_old"  # it would be forgotten by now
    CLOSED = "closed"  # a directive recalled, replaced or passed on; a reminder that a newer one followed
    SUPPRESSED = "suppressed"  # its address takes no mail
    NO_ADDRESS = "no_address"  # nobody knows where to send it
    CHANGED = "changed"  # it was to be sent again, and something happened to it in that moment


@dataclass(frozen=True, slots=True)
class Asked:
    """What a replay is asked for: these ids, or else what is wanted; `at` is when it was asked."""

    who: Principal
    wanted: Wanted
    ids: Sequence[UUID] | None
    again: bool
    at: datetime


def replayable(again: bool) -> tuple[State, ...]:
    """The states a replay looks for."""
    return (State.FAILED, State.SENT) if again else (State.FAILED,)
