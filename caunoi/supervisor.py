"""Keeps children running: starts them, starts them again when they die, stops them in order."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from caunoi import process
from caunoi.backoff import Backoff


@dataclass
class Managed:
    """One child under supervision. The lower its `rank`, the earlier it is stopped."""

    name: str
    start: Callable[[], process.Child]
    rank: int
    stop_signal: int = signal.SIGTERM
    grace: float = 10.0
    child: process.Child | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    restarts: int = 0
    backoff: Backoff = field(default_factory=Backoff)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.child.pid if self.child else None


class Supervisor:
    """One loop in one thread. `changed` is called whenever a process id changed; `say` takes a line to show."""

    def __init__(self, changed: Callable[[], None], say: Callable[[str], None]) -> None:
        self.children: dict[str, Managed] = {}
        self.asked_to_stop = 0
        self._changed = changed
        self._say = say
        self._wake = -1

    def add(self, managed: Managed) -> process.Child:
        """Start a child and look after it from now on."""
        self.children[managed.name] = managed
        child = self._start(managed)
        self._changed()
        return child

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes, a restart is due or the time is over; then look after the children."""
        due = [each.due_at for each in self.children.values() if each.child is None]
        until = min([time.monotonic() + seconds, *due])
        with suppress(InterruptedError):
            select.select([self._wake], [], [], max(0.0, until - time.monotonic()))
        with suppress(BlockingIOError):
            while os.read(self._wake, 512):
                pass
        if not self.asked_to_stop and self._look():
            self._changed()

    def _look(self) -> bool:
        changed = False
        for each in self.children.values():
            if each.child is not None and (code := each.child.poll()) is not None:
                uptime = time.monotonic() - each.started_at
                delay = each.backoff.next_delay(uptime)
                each.child, each.due_at = None, time.monotonic() + delay
                self._say(f"{each.name} ended ({_reason(code)}); it is started again in {delay:.1f} s")
                changed = True
            if each.child is None and time.monotonic() >= each.due_at:
                each.restarts += 1
                self._start(each)
                changed = True
        return changed

    def _start(self, managed: Managed) -> process.Child:
        managed.child = managed.start()
        managed.started_at = time.monotonic()
        return managed.child

    def stop_all(self) -> None:
        """Stop all children, one rank after the other; a second signal cuts the waiting short."""
        patience = self.asked_to_stop
        for rank in sorted({each.rank for each in self.children.values()}):
            group = [each for each in self.children.values() if each.rank == rank and each.child]
            for each in group:
                assert each.child
                each.child.send_signal(each.stop_signal)
            deadline = time.monotonic() + max((each.grace for each in group), default=0.0)
            while any(each.child and each.child.poll() is None for each in group):
                if time.monotonic() > deadline or self.asked_to_stop > max(patience, 1):
                    break
                self.wait(0.2)
            for each in group:
                if each.child and each.child.poll() is None:
                    self._say(f"{each.name} did not stop and is killed")
                    process.stop(each.child, signal.SIGKILL, 5)
                each.child = None

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Take SIGINT, SIGTERM and SIGHUP as the wish to stop, and wake up when a child ends."""
        reading, self_writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wake = reading
        before = signal.set_wakeup_fd(self_writing, warn_on_full_buffer=False)
        handlers = {
            sig: signal.signal(sig, self._note)
            for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        }
        try:
            yield
        finally:
            for sig, handler in handlers.items():
                signal.signal(sig, handler)
            signal.set_wakeup_fd(before)
            os.close(reading)
            os.close(self_writing)

    def _note(self, sig: int, _frame: object) -> None:
        if sig != signal.SIGCHLD:
            self.asked_to_stop += 1


def _reason(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
