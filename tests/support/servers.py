"""PostgreSQL and Redis for a test run: started once, by the process that steers it."""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from caunoi.embedded.postgres import Postgres
from caunoi.embedded.redis import Redis

VARIABLE = "CAUNOI_TEST_SERVERS"  # how the workers of a parallel run find the servers

# A test's data need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class Servers:
    """The servers of a run, below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres", folder, folder / "postgres.log", options=FAST)
        self.redis = Redis(folder / "redis", folder, folder / "redis.log")

    @classmethod
    def of_this_run(cls) -> "Servers":
        """The servers that the steering process has started."""
        return cls(Path(os.environ[VARIABLE]))


# Files in memory: a database is made for nearly every test, and there that takes a tenth of the time.
_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30


def _place() -> Path | None:
    """Where the data of a run go: into memory if there is room, else where temporary files go."""
    has_room = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM
    return _MEMORY if has_room else None


class RunningServers:
    """Starts the servers, tells the workers through the environment, and stops them."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        folder = Path(tempfile.mkdtemp(prefix="caunoi-test-", dir=_place()))
        folder.chmod(0o711)
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        servers = Servers(folder)
        self._stack.enter_context(servers.postgres.running())
        self._stack.enter_context(servers.redis.running())
        os.environ[VARIABLE] = str(folder)

    def stop(self) -> None:
        """Stop them and remove their data."""
        os.environ.pop(VARIABLE, None)
        self._stack.close()
