"""The providers of one process: each gets its share, and who is in trouble is gone around."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from threading import Thread
from typing import Generic, TypeVar

from services.notifications.deliveries import rules
from services.notifications.deliveries.rules import Hold, ProviderTrouble
from shared import logs

log = logs.get_logger()

Client = TypeVar("Client")


@dataclass(eq=False)
class Outlet(Generic[Client]):
    """One provider, what speaks to it, and how it does. `check` asks without a message whether it would take one,
    and raises ProviderTrouble if not."""

    name: str  # what attempts, logs and alarms call it
    weight: int
    client: Client
    check: Callable[[], None] | None = None
    hold: Hold = field(default_factory=Hold)
    credit: int = 0  # grows by its weight each turn, and pays for the turns it gets
    asked: Thread | None = field(default=None, repr=False)

    @property
    def proven(self) -> bool:
        """Whether the last that was heard of it was good."""
        return not self.hold.troubles

    def usable(self, now: float) -> bool:
        """Whether it may be spoken to now: not left alone, and no check of it is under way."""
        return not self.hold.holds(now) and not (self.asked and self.asked.is_alive())

    def failed(self, trouble: ProviderTrouble, begun: float = inf) -> None:
        """Leave it alone for a while."""
        pause = self.hold.trouble(time.monotonic(), trouble.reason, trouble.retry_after, begun=begun)
        if pause is not None:
            log.warning("provider_trouble", provider=self.name, error=trouble.reason, hold=pause.total_seconds())

    def succeeded(self, begun: float = inf) -> None:
        """It has taken a message."""
        troubles = self.hold.troubles
        if self.hold.success(time.monotonic(), begun=begun):
            log.info("provider_recovered", provider=self.name, troubles=troubles)


class Outlets(Generic[Client]):
    """All providers of a channel. With one alone, whether it is back is found out with a single message; beside
    others that work, without any, in a thread of its own: a server that hangs then holds up nobody."""

    def __init__(self, outlets: Sequence[Outlet[Client]]) -> None:
        self.all = outlets
        for each in outlets:
            each.hold.longest = rules.LONGEST_HOLD_AMONG_OTHERS if len(outlets) > 1 else rules.LONGEST_HOLD

    def room(self) -> int:
        """How many messages to take on: one while it is unknown whether any provider works, none while all rest."""
        usable = self.usable()
        if any(each.proven for each in usable):
            return rules.CHUNK
        return 1 if usable else 0

    def rest(self) -> timedelta:
        """How long until one may be spoken to."""
        now = time.monotonic()
        return timedelta(seconds=max(min(each.hold.until for each in self.all) - now, 0.0))

    def in_turn(self) -> Iterator[Outlet[Client]]:
        """A provider that may be spoken to, and when it has failed another, each once; those that work come first,
        by their weights."""
        tried: set[Outlet[Client]] = set()
        while usable := [each for each in self.usable() if each not in tried]:
            proven = [each for each in usable if each.proven] or usable
            for each in proven:
                each.credit += each.weight
            chosen = max(proven, key=lambda each: each.credit)
            chosen.credit -= sum(each.weight for each in proven)
            tried.add(chosen)
            yield chosen

    def look_after(self) -> None:
        """See whether those in trouble are back, if others do the work meanwhile."""
        usable = self.usable()
        if any(each.proven for each in usable):
            for each in usable:
                if not each.proven and each.check:
                    each.asked = Thread(target=_ask, args=(each,), daemon=True, name=f"check-{each.name}")
                    each.asked.start()

    def troubles(self) -> dict[str, str]:
        """Who is in trouble, and why."""
        return {each.name: each.hold.reason for each in self.all if not each.proven}

    def finish_checks(self) -> None:
        """Wait for the checks under way."""
        for each in self.all:
            if each.asked:
                each.asked.join()

    def usable(self) -> list[Outlet[Client]]:
        """Those that may be spoken to now."""
        now = time.monotonic()
        return [each for each in self.all if each.usable(now)]


def _ask(outlet: Outlet[Client]) -> None:
    assert outlet.check
    try:
        outlet.check()
    except ProviderTrouble as trouble:
        outlet.failed(trouble)
    else:
        outlet.succeeded()
