"""The system the demo runs: `caunoi up` in a process of its own, on a home of its own."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from caunoi import environment, process
from caunoi.embedded.redis import Redis
from caunoi.home import Home
from caunoi.readiness import probe


class Failed(Exception):
    """The demo did not come out as it should; the message says what is missing."""


class Deadline:
    """The time the whole demo has."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def wait(self, condition: Callable[[], Any], missing: Callable[[], str]) -> Any:
        """Wait until the condition holds and return its value; raises Failed saying what is missing."""
        while not (value := condition()):
            if time.monotonic() > self._until:
                raise Failed(f"Out of time: {missing()}")
            time.sleep(0.1)
        return value


class System:
    """A running system on a home that belongs to the demo."""

    def __init__(self, folder: Path) -> None:
        self.home = Home.at(folder)
        # Nothing that is configured for real may be touched: the demo brings its own servers.
        kept = environment.forget()
        self._child = process.start_program(
            [sys.executable, "-m", "caunoi", "up", "--port", "0", "--home", str(self.home.path)],
            log=self.home.log("up"),
            stop_signal=signal.SIGTERM,
            environ=kept | {"PYTHONPATH": os.pathsep.join(each or os.getcwd() for each in sys.path)},
        )

    @property
    def url(self) -> str:
        """Its address, once it is known."""
        return str((self.home.read_state() or {}).get("url", ""))

    def is_ready(self) -> bool:
        """Does every part work? Raises Failed if it has ended."""
        if self._child.poll() is not None:
            raise Failed(f"The system ended: {self.home.log('up').read_text().strip()}")
        parts = urlsplit(self.url)
        return bool(parts.hostname and parts.port and probe((parts.hostname, parts.port)) is None)

    def pid(self, role: str) -> int | None:
        """The process id of a role, None while it is started again."""
        roles: dict[str, Any] = (self.home.read_state() or {}).get("roles", {})
        pid: int | None = roles.get(role, {}).get("pid")
        return pid

    def kill(self, role: str) -> int | None:
        """kill -9 a role; the process id it had."""
        pid = self.pid(role)
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid

    def wipe_redis(self) -> int | None:
        """FLUSHALL, then kill -9 the Redis server; the process id it had."""
        with Redis(self.home.redis, self.home.sockets(), self.home.log("redis")).client() as client:
            client.flushall()
        return self.kill("redis")

    def stop(self) -> None:
        """Stop it as Ctrl-C would and wait until nothing of it runs."""
        process.stop(self._child, signal.SIGTERM, 60)
