"""What the figures have in common: one system, one sink, the yardsticks, and somebody to tell how it goes."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from benchmarks.issues import Issues
from benchmarks.settled import Books
from benchmarks.sink import Sink
from benchmarks.system import System
from benchmarks.yardsticks.bare import Bare
from benchmarks.yardsticks.tasks import Worker
from caunoi.embedded.postgres import Postgres
from caunoi.home import Home

BROADCAST_TO = 200_000


@dataclass
class Bench:
    """The place where figures are measured, for a `with` block. Parts are started when a figure asks for them."""

    home: Home
    repeats: int
    say: Callable[[str], None]
    broadcast: int = BROADCAST_TO  # officials
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def sink(self) -> Sink:
        """The SMTP server that takes the mail."""
        return self._stack.enter_context(Sink())

    @cached_property
    def system(self) -> System:
        """The system, its mail going to the sink."""
        smtp_port = self.sink.port
        self.say("starting the system")
        return self._stack.enter_context(System(self.home, smtp_port))

    @cached_property
    def postgres(self) -> Postgres:
        """The system's database server, for databases of one's own on it."""
        self.system  # noqa: B018 (it must be up)
        return Postgres(self.home.postgres, self.home.sockets(), self.home.log("postgres"))

    @cached_property
    def issues(self) -> Issues:
        """Issues of real communes."""
        return Issues(self.system)

    @cached_property
    def worker(self) -> Worker:
        """The worker of the yardstick REF."""
        return self._stack.enter_context(Worker(self.system.redis_url))

    @cached_property
    def bare(self) -> Bare:
        """Bare Flask on the same database server."""
        self.postgres.create_databases(["bare"])
        return self._stack.enter_context(Bare(Path(self.home.sockets()), self.postgres.url("bare")))

    def ref(self) -> float:
        """REF, measured now: no-op tasks a second."""
        worker = self.worker
        with self.system.quiet():
            return worker.drain_rate()

    def books(self) -> Books:
        """The state of things now, to compare with later."""
        self.sink.forget()
        return Books(self.system, self.sink)
