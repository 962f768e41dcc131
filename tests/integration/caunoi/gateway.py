"""A gateway before a stand-in for the services, for the tests of this folder."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from caunoi.gateway import server
from caunoi.settings import GatewaySettings

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass
class Door:
    """The gateway's address and a client."""

    port: int
    client: aiohttp.ClientSession

    @property
    def url(self) -> str:
        """The base of its URLs."""
        return f"http://127.0.0.1:{self.port}"

    async def raw(self, request: bytes) -> tuple[int, bytes]:
        """Send bytes as they are; the status and all that came back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            await writer.drain()
            answer = await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()
        return int(answer.split(b" ", 2)[1]), answer


@asynccontextmanager
async def gateway(folder: Path, answer: Answer | None) -> AsyncIterator[Door]:
    """A gateway all of whose servers are `answer`; None: no server is there."""
    socket = folder / "up.sock"
    behind = None
    if answer is not None:
        behind = web.ServerRunner(web.Server(answer, access_log=None, auto_decompress=False))
        await behind.setup()
        await web.UnixSite(behind, str(socket)).start()
    url = f"unix:{socket}"
    settings = GatewaySettings(
        assignments_url=url,
        visits_url=url,
        notifications_url=url,
        portal_url=url,
        mailbox_url=None,
        trust_forwarded=False,
        max_file_mb=2,
    )
    runner, door = await server.start(settings, bind="127.0.0.1:0", grace=0.1)
    port = runner.addresses[0][1]
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as client:
            yield Door(port, client)
    finally:
        await server.stop(runner, door)
        if behind:
            await behind.cleanup()
