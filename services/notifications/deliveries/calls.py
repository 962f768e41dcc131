"""HTTP calls to providers and to addresses that others gave us: pooled connections, and limits on everything."""

import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from urllib3 import PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProtocolError, SSLError

ANSWER_LIMIT = 64 * 1024  # bytes of an answer that are read

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class CallFailed(Exception):
    """There was no answer; if that is `unclear`, the request may have arrived all the same."""

    def __init__(self, reason: str, *, unclear: bool) -> None:
        self.reason = reason
        self.unclear = unclear
        super().__init__(reason)


class NotAllowed(Exception):
    """The address lies in a network that may not be called."""


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back; the body is cut off at ANSWER_LIMIT."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The beginning of the body, as people read it."""
        return self.body[:2000].decode("utf-8", "replace")


class Caller:
    """Makes calls; for several threads at once. `allowed` None: any address may be called, for where the operator
    has set it. Else only public ones and those networks, so that nobody looks around in ours."""

    def __init__(self, *, timeout: float, at_once: int, allowed: Sequence[Network] | None = None) -> None:
        self._timeout = timeout
        limits = Timeout(connect=timeout, read=timeout)
        self._pools = PoolManager(num_pools=50, maxsize=at_once, block=False, retries=False, timeout=limits)
        if allowed is not None:
            self._pools.pool_classes_by_scheme = {
                "http": _guarded(HTTPConnectionPool, HTTPConnection, allowed),
                "https": _guarded(HTTPSConnectionPool, HTTPSConnection, allowed),
            }

    def call(self, call: Call) -> Answer:
        """The answer, whatever its status; a redirection is not followed. Raises CallFailed, NotAllowed."""
        began = time.monotonic()
        try:
            response = self._pools.request(
                call.method,
                call.url,
                body=call.body or None,
                headers=dict(call.headers),
                redirect=False,
                preload_content=False,
            )
            try:
                body = self._read(response, began)
            finally:
                # What is left of a long answer goes with its connection.
                response.close() if response.length_remaining else response.release_conn()
        except (NewConnectionError, ConnectTimeoutError, SSLError) as error:
            raise CallFailed(_said(error), unclear=False) from error
        except (HTTPError, OSError, ValueError) as error:
            # A kept connection that the server had closed: the request was not read.
            stale = isinstance(error, ProtocolError) and "without response" in str(error)
            raise CallFailed(_said(error), unclear=not stale) from error
        return Answer(response.status, response.headers, body, time.monotonic() - began)

    def close(self) -> None:
        """Close the connections."""
        self._pools.clear()

    def _read(self, response: Any, began: float) -> bytes:
        parts, size = [], 0
        while size < ANSWER_LIMIT and (part := response.read1(8192)):
            parts.append(part)
            size += len(part)
            if time.monotonic() - began > 2 * self._timeout:
                raise OSError("endless answer")
        return b"".join(parts)[:ANSWER_LIMIT]


def _guarded(pool: Any, connection: Any, allowed: Sequence[Network]) -> Any:
    """A pool whose connections go to checked addresses only."""

    class Guarded(connection):
        """Looks the name up by itself and connects to what it has looked at: a second look-up may say otherwise."""

        def _new_conn(self) -> socket.socket:
            name: str = self.__dict__["_dns_host"]
            try:
                found = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
            except OSError as error:
                raise NewConnectionError(self, f"{name}: {error}") from error
            addresses = [str(each[4][0]) for each in found]
            if not all(is_allowed(each, allowed) for each in addresses):
                raise NotAllowed(f"{name} lies in a network that may not be called")
            self._dns_host = addresses[0]
            try:
                connected: socket.socket = super()._new_conn()
                return connected
            finally:
                self._dns_host = name

    return type("GuardedPool", (pool,), {"ConnectionCls": Guarded})


def is_allowed(address: str, allowed: Sequence[Network]) -> bool:
    """Whether an address is a public one, or in a network that is allowed."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    if any(found.version == each.version and found in each for each in allowed):
        return True
    return found.is_global and not found.is_multicast


def _said(error: Exception) -> str:
    return str(error).partition(": ")[2] or str(error) or type(error).__name__
