"""Reads the body of a request before it is passed on: a synchronous worker must not wait for a slow client."""

import asyncio

import aiohttp
from aiohttp import web

from caunoi.gateway.problems import Refused

MAX_BODY = 2**20  # bytes: what the APIs take too
BODY_TIME = 30.0  # seconds a client may take to send it
UPLOADS = "/api/visits/v1/files"
SHEETS = ("/api/assignments/v1/imports", "/bang-tinh")
MAX_SHEET = 10 * 2**20  # bytes: what the assignments service takes too
ENVELOPE = 64 * 1024  # bytes of the form around a file
UPLOAD_TIME = 300.0  # seconds: 20 MiB over a telephone in a hamlet
UPLOADS_AT_ONCE = 16  # they are held in memory


class Bodies:
    """Reads bodies; larger ones where files are uploaded, and of those only so many at once."""

    def __init__(self, max_file: int) -> None:
        self._largest = {UPLOADS: max_file + ENVELOPE} | dict.fromkeys(SHEETS, MAX_SHEET + 2 * ENVELOPE)
        self._uploads = 0

    async def read(self, request: web.BaseRequest) -> bytes | None:
        """The whole body, never more than is taken there.

        Raises Refused: 400 broken encoding, 408 too slow, 413 too large, 417 unknown expectation, 503 too many
        uploads at once.
        """
        if not request.can_read_body:
            return None
        if request.method != "POST" or request.raw_path not in self._largest:
            return await _read(request, MAX_BODY, BODY_TIME)
        if self._uploads >= UPLOADS_AT_ONCE:
            raise Refused(503, "Too many files are being uploaded just now.", {"Retry-After": "10"})
        self._uploads += 1
        try:
            return await _read(request, self._largest[request.raw_path], UPLOAD_TIME)
        finally:
            self._uploads -= 1


async def _read(request: web.BaseRequest, limit: int, patience: float) -> bytes:
    if request.content_length is not None and request.content_length > limit:
        raise Refused(413, f"The body is larger than {limit} bytes.")
    expectation = request.headers.get("Expect", "").lower()
    if expectation and expectation != "100-continue":
        raise Refused(417, "Only 100-continue can be expected.")
    if expectation:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # as aiohttp does: the answer proper has not begun
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise Refused(413, f"The body is larger than {limit} bytes.")
    except TimeoutError:
        raise Refused(408, "The body took too long to arrive.") from None
    except (web.RequestPayloadError, aiohttp.ClientPayloadError):
        raise Refused(400, "The body is not encoded as the headers say.") from None
    return bytes(body)
