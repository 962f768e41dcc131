"""The clock of a service: it calls each duty when its time has come."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from shared import logs
from shared.messaging.loop import DueLoop, Pulse, Stop
from shared.messaging.worker import build_due_loop

_URGENT = 1.0  # seconds: a duty called that often does not wait for one that takes long

log = logs.get_logger()


def clock_role(service: str) -> str:
    """The role of a service's clock, and where its sign of life stands."""
    return f"{service}-clock"


def clock_channel(service: str) -> str:
    """What a commit notifies that has made something due at once."""
    return f"{service}_clock"


@dataclass(frozen=True, slots=True)
class Duty:
    """Work off what is due: `run` gets the session factory, commits by itself in small pieces, and may be killed at
    any moment. It is called at most once in `every` seconds."""

    name: str
    every: float
    run: Callable[[sessionmaker[Session]], None]


class Clock:
    """Calls duties; one that fails is logged and called again, and the others are called all the same."""

    def __init__(
        self,
        duties: Iterable[Duty],
        *,
        beat: Callable[[Session], None] = lambda session: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._duties = sorted(duties, key=lambda each: each.every)
        self._urgent = [each for each in self._duties if each.every <= _URGENT]
        self._next: dict[str, float] = {}
        self._beat = beat
        self._stopping = stopping

    def strike(self, sessions: sessionmaker[Session]) -> None:
        """Call whatever is to be called by now, the most frequent first, and those again after each other one."""
        for duty in self._duties:
            if self._stopping() or not self._call(duty, sessions):
                continue
            if duty not in self._urgent:
                for urgent in self._urgent:
                    self._call(urgent, sessions)
            with sessions.begin() as session:
                self._beat(session)

    def _call(self, duty: Duty, sessions: sessionmaker[Session]) -> bool:
        """False if it is not yet time. Raises what says that the database is gone: the loop waits for it."""
        if time.monotonic() < self._next.get(duty.name, 0.0):
            return False
        try:
            duty.run(sessions)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("duty_failed", duty=duty.name, error=repr(error))
        # Counted from now: a duty that takes longer than its rhythm leaves room for the others. The urgent ones are
        # called whenever there is time.
        self._next[duty.name] = 0.0 if duty.every <= _URGENT else time.monotonic() + duty.every
        return True


def build_clock(service: str, *, database_url: str, duties: Iterable[Duty]) -> DueLoop:
    """The loop that calls the duties of a service."""
    role = clock_role(service)
    stop, pulse = Stop(), Pulse(role)
    work = Clock(duties, beat=pulse, stopping=stop).strike
    return build_due_loop(
        role, database_url=database_url, channel=clock_channel(service), work=work, stop=stop, pulse=pulse
    )
