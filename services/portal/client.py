"""The portal's client of the services' APIs, over TCP or a Unix socket."""

import http.client
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from shared import trace
from shared.settings import http_url

_LONGEST_ANSWER = 2**20  # bytes


class Unreachable(Exception):
    """A service does not answer, or not in a way we understand."""


@dataclass(frozen=True)
class Answer:
    """What a service said; `body` is an object, empty where it was none."""

    status: int
    body: dict[str, Any]


def upstream(raw: str) -> str:
    """The address of a server: http://host:port or unix:/path."""
    if raw.startswith("unix:/"):
        return raw
    try:
        return http_url(raw)
    except ValueError:
        raise ValueError("expected http://host:port or unix:/path") from None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Api:
    """One service's API below /api/SERVICE/v1."""

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self._url = url
        self._prefix = f"/api/{service}/v1"

    def get(self, path: str, timeout: float = 10.0) -> Answer:
        """Ask; raises Unreachable."""
        return self._ask("GET", path, timeout)

    def post(self, path: str, timeout: float = 10.0) -> Answer:
        """Act, without a body; raises Unreachable."""
        return self._ask("POST", path, timeout)

    def _ask(self, method: str, path: str, timeout: float) -> Answer:
        connection = self._connection(timeout)
        ids = trace.child_of(trace.current())
        headers = {
            "Accept": "application/json",
            "X-Request-ID": ids.correlation_id,
            "traceparent": ids.traceparent,
        }
        try:
            connection.request(method, self._prefix + path, headers=headers)
            response = connection.getresponse()
            body = orjson.loads(response.read(_LONGEST_ANSWER) or b"{}")
            return Answer(response.status, body if isinstance(body, dict) else {})
        except (OSError, http.client.HTTPException, orjson.JSONDecodeError) as error:
            raise Unreachable(f"{self.service}: {error!r}") from error
        finally:
            connection.close()

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._url.startswith("unix:"):
            return _UnixConnection(self._url.removeprefix("unix:"), timeout)
        parts = urlsplit(self._url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=timeout)
