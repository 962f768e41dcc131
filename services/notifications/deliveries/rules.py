"""How a delivery ends: what an SMTP answer means, when to try again, how long to leave a provider alone."""

import random
import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import NamedTuple

from services.notifications.notifications.rules import State, Waiting

# None of these is prescribed; they are this service's own choices.
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=1)

FIRST_HOLD = timedelta(seconds=2)
LONGEST_HOLD = timedelta(seconds=15)

CHUNK = 100
LATENESS_BUCKETS = (0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0, 86400.0, inf)

# RFC 5321, 4.5.3.1, and nothing that could end the command or the angle brackets it stands in.
_MAILBOX = re.compile(r"[^\s<>\x00-\x1f\x7f@\"]{1,64}@[^\s<>\x00-\x1f\x7f@]{1,255}")


class Outcome(StrEnum):
    """How one delivery attempt ended."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class DeliveryFailure(Exception):
    """A message was not accepted; `code` is the SMTP reply code, if there was one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        self.reason = reason
        self.code = code
        super().__init__(reason)


class TemporaryFailure(DeliveryFailure):
    """The provider may accept the same message later (RFC 5321: 4yz)."""


class PermanentFailure(DeliveryFailure):
    """The provider will not accept this message, however often it is tried (RFC 5321: 5yz)."""


class ProviderTrouble(TemporaryFailure):
    """The provider itself cannot be used now, so no other message need be tried either."""


# 421: closing the channel. 530, 534, 535, 538: it wants a login, or another one: the operator's
# to mend, so no message may be given up for it.
_ABOUT_THE_PROVIDER = frozenset({421, 530, 534, 535, 538})


def failure(code: int, text: str, stage: str) -> DeliveryFailure:
    """The failure that a refusing SMTP reply means; what is neither 4yz nor 5yz is nonsense, so trouble."""
    reason = f"{stage}: {code} {text}".strip()
    if code in _ABOUT_THE_PROVIDER or not 400 <= code <= 599:
        return ProviderTrouble(reason, code)
    return TemporaryFailure(reason, code) if code < 500 else PermanentFailure(reason, code)


@lru_cache(maxsize=20_000)
def check_address(address: str) -> str:
    """The address as SMTP takes it, a non-ASCII domain in IDNA. Raises PermanentFailure."""
    if not _MAILBOX.fullmatch(address):
        raise PermanentFailure("the e-mail address is malformed")
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise PermanentFailure("the e-mail address is malformed") from None


class Change(NamedTuple):
    """What becomes of a notification. `tried` says whether this was an attempt; `due_at` None ends it."""

    state: State
    due_at: datetime | None = None
    lease_until: datetime | None = None
    tried: bool = True
    waiting: Waiting | None = None
    error: str | None = None


_SENT = Change(State.SENT)


def retry_delay(attempts: int, spread: float | None = None) -> timedelta:
    """How long to wait after the n-th failed attempt: doubling, capped, and spread by a quarter
    either way, so that what failed together does not come back together."""
    spread = random.uniform(-0.25, 0.25) if spread is None else spread
    doubled = FIRST_RETRY * 2 ** min(max(attempts, 1) - 1, 20)
    return min(doubled, LONGEST_RETRY) * (1 + spread)


def after_attempt(
    failure: DeliveryFailure | None, *, attempts: int, tried_since: datetime | None, now: datetime
) -> Change:
    """What becomes of a notification after an attempt; `attempts` and `tried_since` are from before it."""
    if failure is None:
        return _SENT
    if isinstance(failure, TemporaryFailure):
        due = now + retry_delay(attempts + 1)
        if due - (tried_since or now) <= GIVE_UP_AFTER:
            return Change(State.PENDING, due_at=due, error=failure.reason)
    return Change(State.FAILED, error=failure.reason)


def given_back(due_at: datetime, hold: timedelta, now: datetime) -> Change:
    """A claimed notification that was not tried: it keeps its place, and may be claimed again after the hold."""
    return Change(State.PENDING, due_at=due_at, lease_until=now + hold, tried=False)


def without_contact(waiting: Waiting, created_at: datetime, now: datetime) -> Change:
    """What becomes of a notification that nobody knows where to send. It is made due at once when the contact
    becomes known; the look in between, less and less often, is for a wake-up that was missed."""
    age = now - created_at
    if age >= GIVE_UP_AFTER:
        return Change(State.FAILED, tried=False, waiting=waiting, error=waiting.replace("_", " "))
    pause = min(max(age / 4, FIRST_RETRY), timedelta(minutes=15))
    return Change(State.PENDING, due_at=now + pause, tried=False, waiting=waiting)


def lateness_bucket(seconds: float) -> float:
    """The bucket of a histogram that a lateness falls in."""
    return LATENESS_BUCKETS[bisect_left(LATENESS_BUCKETS, seconds)]


@dataclass
class Hold:
    """A circuit breaker: after trouble the provider is left alone, a little longer each time.

    Times are seconds of a monotonic clock.
    """

    until: float = 0.0
    troubles: int = 0

    def trouble(self, now: float) -> timedelta:
        """Note trouble; returns how long nothing will be sent."""
        pause = min(FIRST_HOLD * 2 ** min(self.troubles, 10), LONGEST_HOLD)
        self.troubles += 1
        self.until = now + pause.total_seconds()
        return pause

    def success(self) -> None:
        """The provider works."""
        self.troubles = 0
        self.until = 0.0

    def holds(self, now: float) -> bool:
        """Whether to leave the provider alone."""
        return now < self.until

    def chunk(self) -> int:
        """How many messages to claim: one while it is unknown whether the provider is back."""
        return 1 if self.troubles else CHUNK
