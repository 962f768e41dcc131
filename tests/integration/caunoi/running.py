"""A whole system in a process of its own, as a user starts it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import psutil

from tests.support.waiting import until

COMMAND = [sys.executable, "-m", "caunoi"]


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CAUNOI_")}


def caunoi(*arguments: str, home: Path | None = None, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    environ = clean_environment() | settings | ({"CAUNOI_HOME": str(home)} if home else {})
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=environ, timeout=120)


def processes_of(home: Path) -> list[psutil.Process]:
    """Every process that was started for a home."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and any(str(home) in part for part in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


class Up:
    """`caunoi up` on a home."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.began = time.monotonic()
        self.output = home.parent / f"{home.name}.out"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--port", "0", "--home", str(home)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environment() | settings,
                start_new_session=True,
            )

    def wait_ready(self) -> "Up":
        """Wait for the line that says so."""

        def ready() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return "Ready in" in self.output.read_text()

        until(ready, what="readiness; see", report=lambda: self.output)
        return self

    @property
    def state(self) -> dict[str, Any]:
        """What state.json says."""
        found: dict[str, Any] = json.loads((self.home / "run" / "state.json").read_text())
        return found

    @property
    def url(self) -> str:
        """Its address."""
        return str(self.state["url"])

    def pid(self, role: str) -> int | None:
        """The process id of a role."""
        pid: int | None = self.state["roles"][role]["pid"]
        return pid

    def kill(self, role: str) -> None:
        """kill -9 a role and wait until it runs again under another process id."""
        before = self.pid(role)
        os.kill(before or 0, signal.SIGKILL)
        until(lambda: self.pid(role) not in (before, None), what=f"{role} to come back")

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, content type and text of a path."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers["Content-Type"], error.read().decode()

    def stop(self, sig: signal.Signals = signal.SIGINT) -> int:
        """Stop it and wait; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(60)
