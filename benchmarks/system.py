"""The system under measurement: `caunoi up`, as anybody starts it, on a home of its own."""

import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psutil
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.figures import NotMeasured
from caunoi import process
from caunoi.home import Home
from caunoi.readiness import probe
from shared.database import make_engine, make_sessions

START = 90.0  # seconds
ROOT = Path(__file__).resolve().parent.parent


class System:
    """One run of `caunoi up`, for a `with` block. Mail goes to an SMTP port, if given, else to its mailbox."""

    def __init__(self, home: Home, smtp_port: int | None = None) -> None:
        self.home = home
        # Nothing of the caller's own settings: the bench must never reach a system in use.
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}
        self._environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        if smtp_port:
            self._environ["CAUNOI_SMTP_URL"] = f"smtp://127.0.0.1:{smtp_port}"
        self._engines: dict[str, Engine] = {}
        self._held: set[int] = set()

    def __enter__(self) -> Self:
        arguments = ["-m", "caunoi", "up", "--port", "0", "--home", str(self.home.path)]
        self._process = process.start_program(
            [sys.executable, *arguments],
            log=self.home.log("up"),
            stop_signal=signal.SIGTERM,
            environ=self._environ,
        )
        try:
            self._wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        process.stop(self._process, signal.SIGTERM, 60)

    def _wait_ready(self) -> None:
        deadline, missing = time.monotonic() + START, "nothing yet"
        while time.monotonic() < deadline and self._process.poll() is None:
            state = self.home.read_state() or {}
            if state.get("pid") == self._process.pid:
                self.state: dict[str, Any] = state
                where = urlsplit(state["url"])
                missing = probe((str(where.hostname), int(where.port or 80))) or ""
                if not missing:
                    self.state = self.home.read_state() or state
                    return
            time.sleep(0.2)
        said = self.home.log("up").read_text(errors="replace")[-2000:]
        raise NotMeasured(f"The system does not become ready ({missing}); it said:\n{said}")

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its roles were started with, without the secret key."""
        return dict(self.state["environment"])

    @property
    def redis_url(self) -> str:
        """Its Redis."""
        return self.environment["CAUNOI_REDIS_URL"]

    def socket(self, role: str) -> str:
        """The Unix socket that a role listens on."""
        return str(self.state["sockets"][role]).removeprefix("unix:")

    def pid(self, role: str) -> int:
        """The process of a role."""
        return int(self.state["roles"][role]["pid"])

    def sessions(self, service: str) -> sessionmaker[Session]:
        """Sessions on the database of a service."""
        if service not in self._engines:
            url = self.environment[f"CAUNOI_{service.upper()}_DATABASE_URL"]
            self._engines[service] = make_engine(url, application_name="bench", pool_size=2)
        return make_sessions(self._engines[service])

    def processes(self) -> list[psutil.Process]:
        """All of them: the supervisor and whatever stands below it."""
        top = psutil.Process(self._process.pid)
        return [top, *top.children(recursive=True)]

    def restarts(self) -> dict[str, int]:
        """The roles that were started again, which spoils a measurement."""
        state = self.home.read_state() or {"roles": {}}
        return {name: each["restarts"] for name, each in state["roles"].items() if each["restarts"]}

    @contextmanager
    def held(self, *roles: str) -> Iterator[None]:
        """Those roles stand still (SIGSTOP) meanwhile, unless they do already; connections stay open."""
        stopped = {self.pid(role) for role in roles} - self._held
        self._held |= stopped
        _signal(stopped, signal.SIGSTOP)
        try:
            yield
        finally:
            self._held -= stopped
            _signal(stopped, signal.SIGCONT)

    def quiet(self) -> Any:
        """Hold whatever works in the background, so that a yardstick has the machine for itself."""
        return self.held(
            *(name for name in self.state["roles"] if name.endswith(("-worker", "-relay", "-sender", "-clock")))
        )


def _signal(pids: Iterable[int], sig: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sig)
