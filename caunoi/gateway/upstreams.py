"""The servers behind the gateway, and which path belongs to which."""

from dataclasses import dataclass

import aiohttp

from caunoi.gateway.problems import Refused
from caunoi.roles import SERVICES
from caunoi.settings import GatewaySettings

# What a service answers is read this far ahead of a slow client, so that the client does not hold up a worker.
READ_AHEAD = 2**20


@dataclass(frozen=True)
class Upstream:
    """One server: its name, the base of its URLs and the client session that reaches it."""

    name: str
    base: str
    session: aiohttp.ClientSession


class Upstreams:
    """All of them; made inside the event loop."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.services = {name: _connect(name, getattr(settings, f"{name}_url")) for name in SERVICES}
        self.portal = _connect("portal", settings.portal_url)
        self.mailbox = _connect("mailbox", settings.mailbox_url) if settings.mailbox_url else None

    def all(self) -> list[Upstream]:
        """Every server, the mailbox only where it runs."""
        return [*self.services.values(), self.portal, *([self.mailbox] if self.mailbox else [])]

    def choose(self, target: str) -> Upstream:
        """The server that a request target belongs to. Raises Refused(404) for an API that does not exist."""
        path = target.split("?", 1)[0]
        if path.startswith("/api/"):
            service = self.services.get(path.split("/", 3)[2])
            if service is None:
                raise Refused(404, "There is no such API.")
            return service
        if self.mailbox and (path in ("/mailbox", "/mailbox.json") or path.startswith("/mailbox/")):
            return self.mailbox
        return self.portal

    async def close(self) -> None:
        """Close all connections."""
        for upstream in self.all():
            await upstream.session.close()


def _connect(name: str, url: str) -> Upstream:
    socket_path = url.removeprefix("unix:") if url.startswith("unix:") else None
    connector: aiohttp.BaseConnector = (
        aiohttp.UnixConnector(socket_path, limit=0) if socket_path else aiohttp.TCPConnector(limit=0)
    )
    session = aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=65, sock_connect=3),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        read_bufsize=READ_AHEAD,
        max_line_size=16380,
        max_field_size=16380,
    )
    return Upstream(name, "http://localhost" if socket_path else url, session)
