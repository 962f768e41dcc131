"""Passes one request on and its answer back."""

import asyncio
import time
from urllib.parse import quote

import aiohttp
from aiohttp import web
from yarl import URL

from caunoi.gateway import headers as head
from caunoi.gateway.problems import MEDIA_TYPE, Refused, problem, readable
from caunoi.gateway.upstreams import Upstream
from shared import logs, trace

log = logs.get_logger()

MAX_BODY = 2**20  # bytes: what the APIs take too
BODY_TIME = 30.0  # seconds a client may take to send it
PATIENCE = 3.0  # seconds a server that is just being started again is waited for
CHUNK = 64 * 1024
_AUTOMATIC = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_SAFE = "".join(map(chr, range(0x21, 0x7F))).replace("#", "")


async def forward(request: web.BaseRequest, upstream: Upstream, *, trusted: bool) -> web.StreamResponse:
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
    body = await read_body(request)
    url = URL(upstream.base + quote(target.encode("utf-8", "surrogateescape"), safe=_SAFE), encoded=True)
    answer = await _ask(upstream, request.method, url, passed, body)
    try:
        return await _pass_back(request, upstream, answer)
    finally:
        answer.release()


async def read_body(request: web.BaseRequest) -> bytes | None:
    """The whole body, never more than MAX_BODY of it: a synchronous worker must not wait for a slow client.

    Raises Refused: 400 broken encoding, 408 too slow, 413 too large, 417 unknown expectation.
    """
    if not request.can_read_body:
        return None
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise Refused(413, f"The body is larger than {MAX_BODY} bytes.")
    expectation = request.headers.get("Expect", "").lower()
    if expectation and expectation != "100-continue":
        raise Refused(417, "Only 100-continue can be expected.")
    if expectation:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # as aiohttp does: the answer proper has not begun
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIME):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY:
                    raise Refused(413, f"The body is larger than {MAX_BODY} bytes.")
    except TimeoutError:
        raise Refused(408, "The body took too long to arrive.") from None
    except (web.RequestPayloadError, aiohttp.ClientPayloadError):
        raise Refused(400, "The body is not encoded as the headers say.") from None
    return bytes(body)


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
                data=body,
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
