"""The demo's own client of the APIs, over HTTP like any other program."""

import json
import time
from typing import Any
from urllib.parse import urlencode

import urllib3

_RETRY = urllib3.Retry(
    connect=3, read=0, redirect=0, status=0, other=0, backoff_factor=0.2, respect_retry_after_header=False
)


class Refused(Exception):
    """An API answered with an error."""


class Api:
    """Speaks to one system; fetches access tokens by itself."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self.url = url
        self._http = urllib3.PoolManager(timeout=20, retries=_RETRY)
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token, self._until = "", 0.0

    def sign_in_again(self) -> None:
        """Ask with a new token: an old one keeps the territory it was given."""
        self._until = 0.0

    def get(self, path: str, **query: Any) -> Any:
        """The JSON behind a path; parameters that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path + (f"?{urlencode(given)}" if given else ""))

    def post(self, path: str, body: Any) -> Any:
        """The JSON that a POST answers."""
        return self._ask("POST", path, json.dumps(body, ensure_ascii=False).encode())

    def items(self, path: str, **query: Any) -> list[Any]:
        """All items of a list, page after page."""
        found: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def page(self, method: str, url: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """A page as a browser gets it: status and text."""
        form: dict[str, Any] = {} if fields is None else {"fields": fields, "encode_multipart": False}
        answer = self._http.request(method, url, retries=_RETRY.new(redirect=5), **form)
        return answer.status, answer.data.decode(errors="replace")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._bearer()}"} if path.startswith("/api/") else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self._http.request(method, self.url + path, body=body, headers=headers)
        if answer.status >= 400:
            raise Refused(f"{method} {path} answered {answer.status}: {answer.data.decode(errors='replace')[:500]}")
        return json.loads(answer.data)

    def _bearer(self) -> str:
        if time.monotonic() > self._until:
            answer = self._http.request(
                "POST",
                f"{self.url}/api/assignments/oauth/token",
                fields={"grant_type": "client_credentials", **self._credentials},
                encode_multipart=False,
            )
            if answer.status != 200:
                raise Refused(f"No token: {answer.status} {answer.data.decode(errors='replace')[:500]}")
            token = json.loads(answer.data)
            self._token, self._until = token["access_token"], time.monotonic() + token["expires_in"] * 0.8
        return self._token
