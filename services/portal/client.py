"""The portal's client of the services' APIs, over TCP or a Unix socket."""

import http.client
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from flask import request
from urllib3 import encode_multipart_formdata

from shared import trace
from shared.settings import http_url

_LONGEST_ANSWER = 2**20  # bytes
_UPLOAD_TIME = 60.0  # seconds
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


class Unreachable(Exception):
    """A service does not answer, or not in a way we understand."""


@dataclass(frozen=True)
class Answer:
    """What a service said; `body` is an object, empty where it was none."""

    status: int
    body: dict[str, Any]
    retry_after: str | None = None


@dataclass(frozen=True)
class Download:
    """A file on its way; `pieces` has to be read to its end, or closed."""

    status: int
    kind: str
    disposition: str
    pieces: Iterator[bytes]


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
        return self._ask("GET", self._prefix + path, timeout)

    def post(self, path: str, json: dict[str, Any] | None = None, timeout: float = 10.0) -> Answer:
        """Act, with a body or without; raises Unreachable."""
        body = None if json is None else orjson.dumps(json)
        return self._ask("POST", self._prefix + path, timeout, body, _JSON)

    def send(
        self, method: str, path: str, json: Any = None, *, token: str | None = None, version: int | None = None
    ) -> Answer:
        """Ask or act, with a body, an access token and the version that is to be changed if they are given; raises
        Unreachable."""
        body = None if json is None else orjson.dumps(json)
        return self._ask(method, self._prefix + path, 10.0, body, _JSON, token, version)

    def upload(self, path: str, form: dict[str, str], name: str, content: bytes, *, token: str) -> Answer:
        """Hand in a file as the field `file` of a form; raises Unreachable."""
        body, kind = encode_multipart_formdata(form | {"file": (name, content, "application/octet-stream")})
        return self._ask("POST", self._prefix + path, _UPLOAD_TIME, body, kind, token)

    def stream(self, path: str, *, token: str) -> Download:
        """A file of any size, piece by piece. Raises Unreachable."""
        connection = self._connection(_UPLOAD_TIME)
        try:
            connection.request("GET", self._prefix + path, headers=self._headers("", token))
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Unreachable(f"{self.service}: {error!r}") from error
        kind = response.headers.get("Content-Type", "application/octet-stream")
        return Download(
            response.status,
            kind,
            response.headers.get("Content-Disposition", "attachment"),
            _pieces(connection, response),
        )

    def post_form(self, path: str, form: dict[str, str]) -> Answer:
        """POST a form to an address outside /v1, as OAuth has it; raises Unreachable."""
        return self._ask("POST", f"/api/{self.service}/{path}", 10.0, urlencode(form).encode(), _FORM)

    def download(self, path: str, timeout: float = 10.0) -> tuple[str, str, bytes]:
        """A file: its media type, disposition and content. Raises Unreachable, also for any other answer."""
        connection = self._connection(timeout)
        try:
            connection.request("GET", self._prefix + path, headers=self._headers("", None))
            response = connection.getresponse()
            content = response.read(_LONGEST_ANSWER)
            if response.status != 200:
                raise Unreachable(f"{self.service}: {response.status}")
            kind = response.headers.get("Content-Type", "application/octet-stream")
            return kind, response.headers.get("Content-Disposition", "attachment"), content
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self.service}: {error!r}") from error
        finally:
            connection.close()

    def _ask(
        self,
        method: str,
        path: str,
        timeout: float,
        body: bytes | None = None,
        content: str = "",
        token: str | None = None,
        version: int | None = None,
    ) -> Answer:
        connection = self._connection(timeout)
        headers = self._headers(content if body else "", token)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            found = orjson.loads(response.read(_LONGEST_ANSWER) or b"{}")
            retry_after = response.headers.get("Retry-After")
            return Answer(response.status, found if isinstance(found, dict) else {}, retry_after)
        except (OSError, http.client.HTTPException, orjson.JSONDecodeError) as error:
            raise Unreachable(f"{self.service}: {error!r}") from error
        finally:
            connection.close()

    def _headers(self, content: str, token: str | None) -> dict[str, str]:
        """Who asks here is who asks there: the service notes where a person comes from, not where the portal is."""
        ids = trace.child_of(trace.current())
        headers = {
            "Accept": "application/json",
            "X-Request-ID": ids.correlation_id,
            "traceparent": ids.traceparent,
            "X-Forwarded-For": request.headers.get("X-Forwarded-For") or request.remote_addr or "",
            "User-Agent": request.headers.get("User-Agent", ""),
        }
        if content:
            headers["Content-Type"] = content
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return {name: value for name, value in headers.items() if value}

    def _connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._url.startswith("unix:"):
            return _UnixConnection(self._url.removeprefix("unix:"), timeout)
        parts = urlsplit(self._url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=timeout)


def _pieces(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read(65536):
            yield piece
    finally:
        connection.close()
