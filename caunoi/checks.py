"""Is one role well? Asked from outside it, by a container's health check."""

import http.client
import socket
from urllib.parse import urlsplit

from sqlalchemy import func, select, text

from caunoi.roles import Kind, Role
from caunoi.settings import WebSettings
from shared.database import make_engine
from shared.messaging.schema import heartbeats

SILENT = 60  # seconds without a sign of life


def ailing(role: Role) -> str | None:
    """None if the role is well, else the reason."""
    match role.kind:
        case Kind.WEB:
            path = f"/api/{role.service}/v1/healthz" if role.service != "portal" else "/portal/readyz"
            return _http(WebSettings.from_env().bind, path)
        case Kind.GATEWAY:
            return _http(WebSettings.from_env().bind, "/healthz")
        case Kind.WORKER:
            return _heartbeat(role)
        case Kind.RELAY:
            return _listens(role)
        case Kind.MAILBOX:
            return "it runs in `caunoi up` only"


def _http(bind: str, path: str) -> str | None:
    if bind.startswith("unix:"):
        connection: http.client.HTTPConnection = _UnixConnection(bind.removeprefix("unix:"))
    else:
        parts = urlsplit(f"//{bind}")
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
    age = select(func.extract("epoch", func.now() - heartbeats.c.at)).where(heartbeats.c.role == role.queues[0])
    with make_engine(_database(role), application_name="health", pool_size=1).connect() as connection:
        seconds = connection.execute(age).scalar()
    if seconds is None:
        return "has not given a sign of life yet"
    return None if seconds < SILENT else f"no sign of life for {seconds:.0f} s"


def _listens(role: Role) -> str | None:
    """A relay that works has a connection that waits for news of its outbox."""
    question = text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = :name AND datname = current_database()"
    )
    with make_engine(_database(role), application_name="health", pool_size=1).connect() as connection:
        found = connection.execute(question, {"name": role.name}).scalar()
    return None if found else "is not connected to its database"


def _database(role: Role) -> str:
    settings = role.settings[0].from_env()
    url: str = settings.database_url  # type: ignore[attr-defined]
    return url
