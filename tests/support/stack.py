"""The whole system as its users run it: `caunoi up` in a home of its own, reached over HTTP."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import psycopg
import redis

from tests.support.waiting import until

SERVICES = ("assignments", "visits", "notifications")
ROOT = Path(__file__).resolve().parents[2]


class Stack:
    """A running system; `environment` adds settings to those it is started with."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="caunoi-stack-"))
        self._environment = os.environ | {"CAUNOI_HOME": str(self.home)} | dict(environment or {})
        self._output = (self.home / "up.log").open("wb")
        self._process = self._command("up", "--port", "0", stdout=self._output, stderr=self._output)
        self.url = ""

    def __enter__(self) -> Self:
        until(self._ready, 90, f"the system to be ready; see {self.home / 'up.log'}")
        self.url = self.state()["url"]
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        if kind is None:
            shutil.rmtree(self.home, ignore_errors=True)

    def _command(self, *args: str, **kwargs: Any) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "caunoi", *args], env=self._environment, cwd=ROOT, **kwargs)

    def _ready(self) -> bool:
        assert self._process.poll() is None, (self.home / "up.log").read_text()
        return b"Ready in" in (self.home / "up.log").read_bytes()

    def run(self, *args: str) -> str:
        """Run a `caunoi` command on this home; its output. Fails if the command does."""
        done = subprocess.run(
            [sys.executable, "-m", "caunoi", *args],
            env=self._environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def state(self) -> dict[str, Any]:
        """What runs: url, roles with their process ids, environment."""
        state: dict[str, Any] = json.loads((self.home / "run" / "state.json").read_text())
        return state

    def kill(self, role: str, sig: int = signal.SIGKILL) -> None:
        """Kill a role of this system by its process id; one that is just being restarted is left alone."""
        pid = self.state()["roles"][role]["pid"]
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, sig)

    def client(self, *scopes: str) -> "Client":
        """An API client with these scopes; none: all."""
        wanted = scopes or (
            "assignments:read", "assignments:write", "visits:read", "visits:write", "visits:escalate",
            "notifications:read", "notifications:write",
        )  # fmt: skip
        args = [part for scope in wanted for part in ("--scope", scope)]
        lines = self.run("clients", "create", "test", *args).splitlines()
        found = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Client(self.url, found["client_id"], found["client_secret"])

    def database(self, service: str) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection to a service's database."""
        url = self.state()["environment"][f"CAUNOI_{service.upper()}_DATABASE_URL"]
        return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)

    def redis(self) -> redis.Redis:
        """A connection to Redis."""
        url = self.state()["environment"]["CAUNOI_REDIS_URL"]
        return redis.Redis(unix_socket_path=url.removeprefix("redis+socket://"))

    def rows(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """The rows a statement returns."""
        with self.database(service) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]


class Client:
    """Speaks to the system as another program would: one connection a request, a token renewed when refused."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        self._address = urlsplit(url).netloc
        self._credentials = (client_id, secret)
        self._token = ""

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> tuple[int, Any]:
        """Status and parsed body; raises OSError or HTTPException when there is no answer."""
        if not self._token:
            self._token = self.fetch_token(timeout)
        status, answer = self._send(method, path, body, headers, timeout)
        if status == 401:
            self._token = self.fetch_token(timeout)
            status, answer = self._send(method, path, body, headers, timeout)
        return status, answer

    def fetch_token(self, timeout: float = 30) -> str:
        """A new access token."""
        client_id, secret = self._credentials
        form = urlencode({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer = self._exchange("POST", "/api/assignments/oauth/token", form.encode(), headers, timeout)
        if status != 200:
            raise OSError(f"no token: {status} {answer}")
        return str(answer["access_token"])

    def _send(
        self, method: str, path: str, body: Any, headers: Mapping[str, str] | None, timeout: float
    ) -> tuple[int, Any]:
        sent = {"Authorization": f"Bearer {self._token}"} | dict(headers or {})
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        return self._exchange(method, path, raw, sent, timeout)

    def _exchange(
        self, method: str, path: str, raw: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._address, timeout=timeout)
        try:
            connection.request(method, path, raw, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(content) if content else None
