"""Takes mail by SMTP on the loopback address and serves its pages on a Unix socket."""

import asyncio
import os
import signal
import socket
from pathlib import Path

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from caunoi.mailbox.page import application
from caunoi.mailbox.store import Store
from shared import logs

log = logs.get_logger()

MAX_MESSAGE = 25 * 2**20  # bytes


class Inbound:
    """What aiosmtpd calls with a message."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Accept only what is on the disk; anything else the sender has to try again."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        try:
            entry = await asyncio.to_thread(self._store.add, raw, envelope.mail_from or "", envelope.rcpt_tos)
        except OSError as error:
            log.error("mail_not_stored", error=repr(error))
            return "451 4.3.0 could not be stored, try again later"
        return f"250 2.0.0 stored as {entry.id}"


async def start(folder: Path, smtp: socket.socket, bind: str) -> tuple[asyncio.Server, web.AppRunner]:
    """Start both servers; `bind` is unix:/path."""
    store = await asyncio.to_thread(Store, folder)
    handler = Inbound(store)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, data_size_limit=MAX_MESSAGE, enable_SMTPUTF8=True, hostname="caunoi", loop=loop),
        sock=smtp,
    )
    runner = web.AppRunner(application(store), access_log=None, shutdown_timeout=3)
    await runner.setup()
    path = Path(bind.removeprefix("unix:"))
    path.unlink(missing_ok=True)
    before = os.umask(0o077)  # the socket is for the gateway, which runs as the same user
    try:
        await web.UnixSite(runner, str(path)).start()
    finally:
        os.umask(before)
    return server, runner


def serve(folder: Path, smtp: socket.socket, bind: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    asyncio.run(_serve(folder, smtp, bind))


async def _serve(folder: Path, smtp: socket.socket, bind: str) -> None:
    ended = asyncio.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sig, ended.set)
    server, runner = await start(folder, smtp, bind)
    await ended.wait()
    server.close()
    await runner.cleanup()
