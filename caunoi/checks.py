"""Is one role well? Asked from outside it, by a container's health check; so it loads little."""

import http.client
import socket
from urllib.parse import urlsplit

import psycopg

from caunoi import environment
from caunoi.roles import Kind, Role
from caunoi.settings import WebSettings

SILENT = 60  # seconds without a sign of life


def ailing(role: Role) -> str | None:
    """None if the role is well, else the reason."""
    match role.kind:
        case Kind.WEB:
            path = "/portal/readyz" if role.service == "portal" else f"/api/{role.service}/v1/healthz"
            return _http(WebSettings.from_env().bind, path)
        case Kind.GATEWAY:
            return _http(WebSettings.from_env().bind, "/healthz")
        case Kind.WORKER:
            return _heartbeat(role)
        case Kind.LOOP:
            return _listens(role)
        case Kind.MAILBOX:
            return "it runs in `caunoi up` only"


def _http(bind: str, path: str) -> str | None:
    parts = urlsplit(f"//{bind}")
    if bind.startswith("unix:"):
        connection: http.client.HTTPConnection = _UnixConnection(bind.removeprefix("unix:"))
    else:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname or "127.0.0.1")
        connection = http.client.HTTPConnection(host, parts.port or 80, timeout=5)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"does not answer: {error}"
    finally:
        connection.close()
    return None if status == 200 else f"answers {status}"


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _heartbeat(role: Role) -> str | None:
    """The relay asks every worker for a row in `heartbeats`, by way of its queue."""
    age = "SELECT extract(epoch FROM now() - at) FROM heartbeats WHERE role = %s"
    seconds = _ask(role, age, role.queues[0])
    if seconds is None:
        return "has not given a sign of life yet"
    return None if seconds < SILENT else f"no sign of life for {seconds:.0f} s"


def _listens(role: Role) -> str | None:
    """A loop that works has a connection that waits for news of its rows."""
    there = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s LIMIT 1"
    return None if _ask(role, there, role.name) else "is not connected to its database"


def _ask(role: Role, question: str, argument: str) -> float | None:
    assert role.service
    url = environment.database_url(role.service).replace("+psycopg", "", 1)
    try:
        with psycopg.connect(url, connect_timeout=5, application_name="health") as connection:
            row = connection.execute(question, (argument,)).fetchone()
    except psycopg.OperationalError as error:
        raise SystemExit(f"{role.name}: its database is not reachable: {error}") from None
    return None if row is None else float(row[0])
