"""Passes one request on and its answer back."""

import asyncio
import io
import time
from urllib.parse import quote

import aiohttp
from aiohttp import web
from yarl import URL

from caunoi.gateway import headers as head
from caunoi.gateway.bodies import MAX_BODY, Bodies
from caunoi.gateway.problems import MEDIA_TYPE, Refused, problem, readable
from caunoi.gateway.upstreams import Upstream
from shared import logs, trace

log = logs.get_logger()

PATIENCE = 3.0  # seconds a server that is just being started again is waited for
CHUNK = 64 * 1024
_AUTOMATIC = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_SAFE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")


async def forward(
    request: web.BaseRequest, upstream: Upstream, bodies: Bodies, *, trusted: bool
) -> web.StreamResponse:
    """Send a request to its server and stream the answer. Raises Refused."""
    target = request.raw_path
    if not target.startswith("/"):
        raise Refused(400, "The request target must be a path.")
    if request.method in ("CONNECT", "TRACE"):
        raise Refused(405, f"{request.method} is not served here.")
    passed = head.for_upstream(
        request.headers,
        peer=request.remote or "unknown",
        scheme=request.scheme,
        ids=trace.current(),
        trusted=trusted,
    )
    body = await bodies.read(request)
    url = URL(upstream.base + quote(target.encode("utf-8", "surrogateescape"), safe=_SAFE), encoded=True)
    answer = await _ask(upstream, request.method, url, passed, body)
    try:
        return await _pass_back(request, upstream, answer)
    finally:
        answer.release()


async def _ask(
    upstream: Upstream, method: str, url: URL, passed: "head.CIMultiDict[str]", body: bytes | None
) -> aiohttp.ClientResponse:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await upstream.session.request(
                method,
                url,
                headers=passed,
                # aiohttp sends what is large piece by piece only if it is a file.
                data=io.BytesIO(body) if body and len(body) > MAX_BODY else body,
                allow_redirects=False,
                skip_auto_headers=_AUTOMATIC,
            )
        except aiohttp.ClientConnectorError:
            # Nothing was sent, so it may be tried again whatever the method.
            if time.monotonic() > deadline:
                detail = f"The {upstream.name} service is not reachable just now."
                raise Refused(503, detail, {"Retry-After": "5"}) from None
        except TimeoutError:
            raise Refused(504, f"The {upstream.name} service took too long.") from None
        except (aiohttp.ClientError, OSError) as error:
            if method not in ("GET", "HEAD") or time.monotonic() > deadline:
                log.warning("upstream_broke_off", upstream=upstream.name, error=repr(error))
                raise Refused(502, f"The {upstream.name} service broke off its answer.") from None
        await asyncio.sleep(0.1)


async def _pass_back(
    request: web.BaseRequest, upstream: Upstream, answer: aiohttp.ClientResponse
) -> web.StreamResponse:
    is_api = request.raw_path.startswith("/api/")
    if is_api and answer.status >= 400 and answer.content_type != MEDIA_TYPE and answer.status != 503:
        # gunicorn refuses what is not HTTP to its taste with a page of its own.
        return problem(answer.status, answer.reason or "The request was refused.", readable(request.raw_path))
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(head.end_to_end(answer.headers, ("Server", "Date")))
    if "Content-Length" not in answer.headers and request.version >= (1, 1) and answer.status not in (204, 304):
        response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        async for chunk in answer.content.iter_chunked(CHUNK):
            await response.write(chunk)
        await response.write_eof()
    except (aiohttp.ClientError, TimeoutError) as error:
        # The answer has begun, so its end can only be cut off: the client sees that it is not whole.
        log.warning("upstream_broke_off", upstream=upstream.name, error=repr(error))
        if request.transport:
            request.transport.abort()
    return response
