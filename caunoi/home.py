"""The data directory: where everything lives, who may read it, and the lock that keeps it to one owner."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The kernel takes 107 bytes for the path of a socket, macOS 103; the longest name below adds 27.
_LONGEST_SOCKET_DIRECTORY = 72


class HomeError(Exception):
    """The data directory cannot be used."""


@dataclass(frozen=True)
class Home:
    """A data directory, `$CAUNOI_HOME`."""

    path: Path

    @classmethod
    def at(cls, path: Path | str) -> "Home":
        """The home at a path, made if it is not there, closed to everybody else."""
        home = cls(Path(path).expanduser().absolute())
        try:
            home.path.mkdir(parents=True, exist_ok=True)
            if not any(home.path.iterdir()):  # a folder that holds other things stays as open as it is
                # Root runs PostgreSQL as another user, who has to pass through; the folders below are closed.
                home.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in (home.secrets, home.logs, home.mailbox, home.redis, home.files):
                folder.mkdir(mode=0o700, exist_ok=True)
            home.run.mkdir(exist_ok=True)
            home.run.chmod(0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise HomeError(f"The data directory {home.path} cannot be used: {error.strerror}.") from error
        return home

    @property
    def postgres(self) -> Path:
        """The PostgreSQL data directory."""
        return self.path / "postgres"

    @property
    def redis(self) -> Path:
        """Where Redis keeps its append-only file."""
        return self.path / "redis"

    @property
    def mailbox(self) -> Path:
        """The Maildir of the built-in mailbox."""
        return self.path / "mailbox"

    @property
    def files(self) -> Path:
        """Uploaded files, unless they are kept elsewhere."""
        return self.path / "files"

    @property
    def secrets(self) -> Path:
        """Generated secrets, one a file."""
        return self.path / "secrets"

    @property
    def logs(self) -> Path:
        """One log per role."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """What holds only while the system is up."""
        return self.path / "run"

    @property
    def state_file(self) -> Path:
        """What is running: URL, process ids, sockets."""
        return self.run / "state.json"

    def log(self, name: str) -> Path:
        """The log file of a role."""
        return self.logs / f"{name}.log"

    def sockets(self) -> Path:
        """The folder of the Unix sockets: `run`, or a closed folder elsewhere if that path is too long."""
        if len(os.fsencode(self.run)) <= _LONGEST_SOCKET_DIRECTORY:
            return self.run
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"caunoi-{name}"
        mode = 0o711 if os.geteuid() == 0 else 0o700
        folder.mkdir(mode=mode, exist_ok=True)
        # Anybody may write to the temporary directory: what stands there under our name must be ours.
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise HomeError(f"{folder} belongs to somebody else; remove it or choose a shorter CAUNOI_HOME.")
        folder.chmod(mode)
        return folder

    def remove_sockets(self) -> None:
        """Remove the folder of the sockets where it stands elsewhere."""
        if (folder := self.sockets()) != self.run:
            shutil.rmtree(folder, ignore_errors=True)

    def secret(self, name: str) -> str:
        """A secret that is generated once and then kept; 64 characters."""
        path = self.secrets / name
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        return path.read_text().strip()

    def write_state(self, state: dict[str, Any]) -> None:
        """Replace the state file in one step."""
        draft = self.state_file.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(state, file, indent=1)
        draft.replace(self.state_file)

    def read_state(self) -> dict[str, Any] | None:
        """The state that a running system wrote, or None."""
        try:
            state: dict[str, Any] = json.loads(self.state_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return state

    def in_use(self) -> bool:
        """Is a system up on this home (or a command that started its servers)?"""
        with self._lock_file() as descriptor:
            return not _lock(descriptor, fcntl.LOCK_SH)

    def is_up(self) -> bool:
        """Is a whole system up on this home, and not just a command that borrowed its servers?"""
        return self.in_use() and self.read_state() is not None

    @contextmanager
    def locked(self, owner: str) -> Iterator[int]:
        """Hold this home alone; yields the descriptor of the lock. Raises HomeError if somebody has it."""
        with self._lock_file() as descriptor:
            patience = time.monotonic() + 0.5  # somebody who asks `in_use` holds it for a moment
            while not _lock(descriptor, fcntl.LOCK_EX):
                if time.monotonic() > patience:
                    raise HomeError(self._taken(os.pread(descriptor, 200, 0).decode(errors="replace")))
                time.sleep(0.02)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{owner}, process {os.getpid()}".encode(), 0)
            self.state_file.unlink(missing_ok=True)  # of a system that was killed
            yield descriptor

    @contextmanager
    def _lock_file(self) -> Iterator[int]:
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _taken(self, holder: str) -> str:
        url = (self.read_state() or {}).get("url")
        where = f", at {url}" if url else ""
        return f"{self.path} is already in use by {holder or 'another process'}{where}."


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
