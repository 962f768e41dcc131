"""RFC 9457 problems that the gateway itself answers."""

from http import HTTPStatus

import orjson
from aiohttp import web

from shared import trace

MEDIA_TYPE = "application/problem+json"


class Refused(Exception):
    """The request goes no further; answered as a problem with this status."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        super().__init__(detail)


def problem(
    status: int, detail: str, path: str | None = None, headers: dict[str, str] | None = None
) -> web.Response:
    """A problem answer with the members that the services' own problems have."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if path is not None:
        body["instance"] = path
    ids = trace.current()
    body["correlation_id"] = ids.correlation_id
    return web.Response(
        body=orjson.dumps(body),
        status=status,
        content_type=MEDIA_TYPE,
        headers={"X-Request-ID": ids.correlation_id, "Cache-Control": "no-store"} | (headers or {}),
    )


def readable(target: str) -> str:
    """The path of a request target, as text that JSON can hold."""
    return target.split("?", 1)[0].encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:500]
