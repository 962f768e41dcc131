"""How a delivery ends: what an SMTP answer means, when to try again, how long to leave a provider alone."""

import random
import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import NamedTuple

from services.notifications.notifications.rules import State, Waiting
from shared import clock

# None of these is prescribed; they are this service's own choices.
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=1)

FIRST_HOLD = timedelta(seconds=2)
LONGEST_HOLD = timedelta(seconds=15)
# While others do its work there is no hurry to try one again.
LONGEST_HOLD_AMONG_OTHERS = timedelta(minutes=5)

CHUNK = 100
LATENESS_BUCKETS = (0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0, 86400.0, inf)

# RFC 5321, 4.5.3.1, and nothing that could end the command or the angle brackets it stands in.
_MAILBOX = re.compile(r"[^\s<>\x00-\x1f\x7f@\"]{1,64}@[^\s<>\x00-\x1f\x7f@]{1,255}")


class Outcome(StrEnum):
    """How one delivery attempt ended."""

    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"

    @classmethod
    def of(cls, failure: "DeliveryFailure | None") -> "Outcome":
        """How an attempt with that failure, or none, ended."""
        if failure is None:
            return cls.SENT
        return cls.PERMANENT if isinstance(failure, PermanentFailure) else cls.TEMPORARY


class DeliveryFailure(Exception):
    """A message was not accepted; `code` is the status of the answer, if there was one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        self.reason = reason
        self.code = code
        self.retry_after = timedelta()  # asked for by the answer
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
    """The failure that a refusing SMTP reply means; what is neither 4yz nor 5yz is nonsense, so trouble.

    At MAIL the server knows only who sends: what it refuses there it refuses to all."""
    reason = f"{stage}: {code} {text}".strip()
    if stage == "MAIL" or code in _ABOUT_THE_PROVIDER or not 400 <= code <= 599:
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
    """What becomes of a notification; `due_at` None ends it."""

    state: State
    due_at: datetime | None = None
    lease_until: datetime | None = None
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
        due = now + max(retry_delay(attempts + 1), min(failure.retry_after, LONGEST_RETRY))
        if due - (tried_since or now) <= GIVE_UP_AFTER:
            return Change(State.PENDING, due_at=due, error=failure.reason)
    return Change(State.FAILED, error=failure.reason)


def waits_for(retry_after: str | None) -> timedelta:
    """The pause that an answer's Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return timedelta()
    if retry_after.strip().isdigit():
        return timedelta(seconds=min(int(retry_after), 86_400))
    try:
        wanted = parsedate_to_datetime(retry_after)
    except ValueError:
        return timedelta()
    return max(wanted - clock.now(), timedelta()) if wanted.tzinfo else timedelta()


def given_back(due_at: datetime, hold: timedelta, now: datetime) -> Change:
    """A claimed notification that was not tried: it keeps its place, and may be claimed again after the hold."""
    return Change(State.PENDING, due_at=due_at, lease_until=now + hold)


def without_contact(waiting: Waiting, created_at: datetime, now: datetime) -> Change:
    """What becomes of a notification that nobody knows where to send. It is made due at once when the contact
    becomes known; the look in between, less and less often, is for a wake-up that was missed."""
    age = now - created_at
    if age >= GIVE_UP_AFTER:
        return Change(State.FAILED, waiting=waiting, error=waiting.replace("_", " "))
    pause = min(max(age / 4, FIRST_RETRY), timedelta(minutes=15))
    return Change(State.PENDING, due_at=now + pause, waiting=waiting)


def lateness_bucket(seconds: float) -> float:
    """The bucket of a histogram that a lateness falls in."""
    return LATENESS_BUCKETS[bisect_left(LATENESS_BUCKETS, seconds)]


@dataclass
class Hold:
    """A circuit breaker: after trouble the provider is left alone, a little longer each time.

    Times are seconds of a monotonic clock. `begun` is when the provider was asked: of many calls under way at once
    the first bad answer counts, the others say nothing new, and a good one does not end what came after its call.
    """

    longest: timedelta = LONGEST_HOLD
    until: float = 0.0
    troubles: int = 0
    reason: str = ""
    turned: float = -inf  # when it last fell into trouble, or got out of it

    def trouble(
        self, now: float, reason: str = "", at_least: timedelta = timedelta(), *, begun: float = inf
    ) -> timedelta | None:
        """Note trouble; returns how long nothing will be sent, None if this is old news."""
        if begun < self.turned:
            return None
        pause = max(min(FIRST_HOLD * 2 ** min(self.troubles, 10), self.longest), at_least)
        self.troubles += 1
        self.turned = now
        self.until = now + pause.total_seconds()
        self.reason = reason
        return pause

    def success(self, now: float, *, begun: float = inf) -> bool:
        """The provider works. Returns whether that is news."""
        if not self.troubles or begun < self.turned:
            return False
        self.turned = now
        self.troubles = 0
        self.until = 0.0
        return True

    def holds(self, now: float) -> bool:
        """Whether to leave the provider alone."""
        return now < self.until
