"""Loops: processes that work off rows until they are told to stop. They need PostgreSQL only."""

import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, func, make_url
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from shared import logs
from shared.database import make_sessions
from shared.messaging.queues import BROKER_ERRORS
from shared.messaging.schema import heartbeats

log = logs.get_logger()

IDLE = 1.0  # seconds: the look that catches what no notification announced
HEARTBEAT_EVERY = 3.0  # seconds


class Stop:
    """Whether the process has been told to end; call it to ask."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> bool:
        return self._asked

    def on_signals(self) -> None:
        """Heed SIGTERM and SIGINT: the work in hand is finished first."""
        signal.signal(signal.SIGTERM, self.ask)
        signal.signal(signal.SIGINT, self.ask)

    def ask(self, *_: Any) -> None:
        """Tell it to end."""
        self._asked = True


class Loop(ABC):
    """Attends to its rows; trouble with PostgreSQL or Redis is waited out."""

    def __init__(self, name: str, engine: Engine, channel: str, stop: Stop) -> None:
        self._name = name
        self._engine = engine
        self._channel = channel
        self._stopping = stop

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        self._stopping.on_signals()
        while not self._stopping():
            try:
                with self._listener() as listener:
                    heard: list[str] = []
                    while not self._stopping():
                        self._attend(listener, heard)
                        heard = [each.payload for each in listener.notifies(timeout=IDLE, stop_after=1)]
            except (psycopg.Error, DBAPIError, *BROKER_ERRORS) as error:
                log.warning("loop_waits", loop=self._name, error=repr(error))
                time.sleep(0.5)

    @abstractmethod
    def _attend(self, listener: psycopg.Connection[Any], heard: Sequence[str]) -> None:
        """Do what is due, then return to be woken; `heard`: what the notifications that woke it say."""

    @contextmanager
    def _listener(self) -> Iterator[psycopg.Connection[Any]]:
        url = make_url(str(self._engine.url.render_as_string(hide_password=False)))
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True, application_name=self._name) as connection:
            connection.execute(f"LISTEN {self._channel}")
            yield connection


class Pulse:
    """Says in `heartbeats` that a role lives, now and then however often it is asked."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._last = 0.0

    def __call__(self, session: Session) -> None:
        if time.monotonic() - self._last >= HEARTBEAT_EVERY:
            self._last = time.monotonic()
            beat(session, self._role)


class DueLoop(Loop):
    """Calls `work` when a commit says that something is due, and every second."""

    def __init__(
        self,
        name: str,
        engine: Engine,
        channel: str,
        work: Callable[[sessionmaker[Session]], None],
        *,
        stop: Stop,
        pulse: Pulse,
    ) -> None:
        super().__init__(name, engine, channel, stop)
        self._sessions = make_sessions(engine)
        self._pulse = pulse
        self._work = work

    def _attend(self, listener: psycopg.Connection[Any], heard: Sequence[str]) -> None:
        self._work(self._sessions)
        with self._sessions.begin() as session:
            self._pulse(session)


def beat(session: Session, role: str) -> None:
    """Say that a role is alive."""
    row = insert(heartbeats).values(role=role, at=func.now())
    session.execute(row.on_conflict_do_update(index_elements=["role"], set_={"at": row.excluded.at}))
