"""Postfix's own SMTP test server, smtp-sink, with the faults it knows: no mail server is set up for it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Self, cast

from tests.support.waiting import until

# `make smtp-sink` unpacks it into the virtual environment; where Postfix is installed, it is among the programs.
UNPACKED = Path(sys.prefix) / "postfix"
PLACES = (UNPACKED / "usr/sbin", Path("/usr/sbin"), Path("/usr/local/sbin"), Path("/opt/homebrew/sbin"))


def program() -> Path:
    """Where smtp-sink is; raises RuntimeError with what to do about it."""
    found = shutil.which("smtp-sink") or next(
        (str(p / "smtp-sink") for p in PLACES if (p / "smtp-sink").exists()), ""
    )
    if not found:
        raise RuntimeError("smtp-sink of Postfix is missing: run `make smtp-sink`, or install Postfix.")
    return Path(found)


class PostfixSink:
    """A running smtp-sink. `faults` are its own options: ("-r", "RCPT") refuses recipients for now."""

    def __init__(self, *faults: str, port: int = 0) -> None:
        self._faults = faults
        self.port = port or _free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._folder = Path(tempfile.mkdtemp(prefix="caunoi-smtp-sink-"))
        self._folder.chmod(0o777)  # as root it changes to an account that owns nothing

    def __enter__(self) -> Self:
        path = program()
        libraries = {"LD_LIBRARY_PATH": str(UNPACKED / "usr/lib/postfix")} if UNPACKED in path.parents else {}
        account = ["-u", "nobody"] if os.geteuid() == 0 else []
        dumps = ["-d", str(self._folder / "mail.")]
        self._process = subprocess.Popen(
            [path, "-4", *account, *dumps, *self._faults, f"127.0.0.1:{self.port}", "10"],
            env=os.environ | libraries,
        )
        until(self._listens, 30, "smtp-sink to listen")
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder)

    def _listens(self) -> bool:
        assert self._process.poll() is None, "smtp-sink ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except ConnectionRefusedError:
            return False
        return True

    def messages(self) -> list[EmailMessage]:
        """The messages of which it has seen the end."""
        whole = [raw for raw in (path.read_bytes() for path in self._folder.iterdir()) if b"\nMessage-ID:" in raw]
        return [cast(EmailMessage, message_from_bytes(raw, policy=default)) for raw in whole]


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])
