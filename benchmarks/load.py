"""A client that loads an HTTP server over its Unix socket and costs little: prepared bytes, one loop."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from benchmarks.figures import NotMeasured

CONNECTIONS = 4
WARM_UP = 200  # requests
MOST, LONGEST = 4000, 5.0  # requests or seconds of one measurement, whichever is reached first
PATIENCE = 30.0  # seconds without any answer


def request(
    method: str, path: str, *, token: str | None = None, body: bytes = b"", media_type: str = "application/json"
) -> bytes:
    """A request as it goes over the wire. The sync workers of gunicorn close after each answer."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", "Connection: close", "Accept: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += [f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(path: str, sent: bytes) -> bytes:
    """One request and the body of its answer. Raises NotMeasured unless the answer is 2xx."""
    with _connection(path) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    _check(answer)
    return answer.partition(b"\r\n\r\n")[2]


@dataclass
class _Exchange:
    connection: socket.socket
    answer: bytes = b""


class Load:
    """Keeps several requests under way until there are no more, or time is over."""

    def __init__(self, path: str, requests: Iterator[bytes], connections: int = CONNECTIONS) -> None:
        self._path = path
        self._requests = requests
        self._connections = connections
        self._selector = selectors.DefaultSelector()
        self.answered = 0

    def run(self, seconds: float | None = None) -> float:
        """Send everything, or as much as `seconds` allow; returns the seconds it took.

        Answers that come after the time is over are waited for and not counted.
        """
        began = time.monotonic()
        until = began + seconds if seconds is not None else None
        for sent in islice(self._requests, self._connections):
            self._send(sent)
        ended = began
        while self._selector.get_map():
            if not (ready := self._selector.select(PATIENCE)):
                raise NotMeasured(f"{self._path} does not answer.")
            for key, _ in ready:
                if not self._receive(key.data):
                    continue
                now = time.monotonic()
                if until is None or now < until:
                    self.answered, ended = self.answered + 1, now
                    if (sent := next(self._requests, b"")) != b"":
                        self._send(sent)
        self._selector.close()
        return ended - began

    def _send(self, sent: bytes) -> None:
        connection = _connection(self._path)
        connection.sendall(sent)
        self._selector.register(connection, selectors.EVENT_READ, _Exchange(connection))

    def _receive(self, exchange: _Exchange) -> bool:
        """Take what has come; True when the answer is complete."""
        part = exchange.connection.recv(262144)
        exchange.answer += part
        if part:
            return False
        self._selector.unregister(exchange.connection)
        exchange.connection.close()
        _check(exchange.answer)
        return True


def rate(path: str, requests: list[bytes]) -> float:
    """Answers a second while the requests are repeated in turn, after a short warm-up."""
    Load(path, islice(cycle(requests), WARM_UP)).run()
    load = Load(path, islice(cycle(requests), MOST))
    seconds = load.run(LONGEST)
    return load.answered / seconds


def _connection(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    connection.connect(path)
    return connection


def _check(answer: bytes) -> None:
    if not answer.startswith(b"HTTP/1.1 2"):
        raise NotMeasured(f"Unexpected answer: {answer[:600].decode(errors='replace')}")
