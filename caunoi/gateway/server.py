"""The gateway's own server."""

import asyncio
import signal
import socket
from typing import Any

from aiohttp import web

from caunoi.gateway import health
from caunoi.gateway.bodies import Bodies
from caunoi.gateway.problems import Refused, problem, readable
from caunoi.gateway.proxy import forward
from caunoi.gateway.upstreams import Upstreams
from caunoi.settings import GatewaySettings
from shared import logs, trace

log = logs.get_logger()


class Gateway:
    """Answers requests: the few paths of its own, and all others by asking the server they belong to."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.upstreams = Upstreams(settings)
        self._bodies = Bodies(settings.max_file_mb * 2**20)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; whatever happens, the answer is HTTP and, for errors, a problem."""
        trace.start(request.headers.get("X-Request-ID"), request.headers.get("traceparent"))
        path = readable(request.raw_path)
        try:
            return await self._answer(request, path)
        except Refused as refusal:
            return problem(refusal.status, refusal.detail, path, refusal.headers)
        except (ConnectionError, asyncio.CancelledError):
            raise  # the client is gone
        except Exception as error:
            log.error("gateway_crashed", path=path, exc_info=error)
            return problem(502, "The gateway could not pass this request on.", path)

    async def _answer(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        if path in ("/healthz", "/readyz", "/metrics"):
            if request.method not in ("GET", "HEAD"):
                raise Refused(405, f"{request.method} is not served here.", {"Allow": "GET, HEAD"})
            if path == "/healthz":
                return health.healthz()
            return await (health.readyz if path == "/readyz" else health.metrics)(self.upstreams)
        upstream = self.upstreams.choose(request.raw_path)
        return await forward(request, upstream, self._bodies, trusted=self.settings.trust_forwarded)


class _Protocol(web.RequestHandler):
    """aiohttp's, but what is not HTTP is refused with a problem instead of a line of text."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that could not be read."""
        trace.start()
        if status < 500:
            response = problem(status, "This is not a valid HTTP request.")
        else:
            log.error("gateway_crashed", exc_info=exc)
            response = problem(status, "Something went wrong on our side; it has been logged.")
        response.force_close()
        return response


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Protocol(self, loop=asyncio.get_running_loop(), **self._kwargs)


async def start(
    settings: GatewaySettings, *, bind: str, listener: socket.socket | None = None, grace: float = 8.0
) -> tuple[web.ServerRunner, Gateway]:
    """Start serving on a listening socket or at an address; returns what `stop` takes.

    `grace` is how long `stop` waits for answers under way.
    """
    gateway = Gateway(settings)
    options: dict[str, Any] = {
        "access_log": None,
        "max_line_size": 8000,
        "max_field_size": 16000,
        "keepalive_timeout": 75,
        "auto_decompress": False,
        "lingering_time": 5.0,
    }
    runner = web.ServerRunner(_Server(gateway, **options), shutdown_timeout=grace)
    await runner.setup()
    if listener is not None:
        await web.SockSite(runner, listener).start()
    elif bind.startswith("unix:"):
        await web.UnixSite(runner, bind.removeprefix("unix:")).start()
    else:
        host, _, port = bind.rpartition(":")
        await web.TCPSite(runner, host.strip("[]") or None, int(port)).start()
    return runner, gateway


async def stop(runner: web.ServerRunner, gateway: Gateway) -> None:
    """Finish what is being answered, then close."""
    await runner.cleanup()
    await gateway.upstreams.close()


def serve(settings: GatewaySettings, *, bind: str, listener: socket.socket | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    asyncio.run(_serve(settings, bind, listener))


async def _serve(settings: GatewaySettings, bind: str, listener: socket.socket | None) -> None:
    ended = asyncio.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sig, ended.set)
    started = await start(settings, bind=bind, listener=listener)
    await ended.wait()
    await stop(*started)
