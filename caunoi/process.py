"""Child processes that never outlive their parent, and that are all watched the same way."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
# Loaded before any fork: a child between fork and exec should load nothing.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Child(Protocol):
    """What the supervisor needs of a child; `subprocess.Popen` has it, and so has `Forked`."""

    pid: int

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or None while it runs."""

    def send_signal(self, sig: int) -> None:
        """Send a signal unless the child has ended."""


@dataclass(frozen=True)
class Account:
    """The unprivileged system user a program runs as."""

    name: str
    uid: int
    gid: int


def die_with(parent: int, sig: int) -> None:
    """Called in a child: have the kernel send `sig` when the process `parent` ends, however it ends.

    Linux only; elsewhere a killed supervisor leaves its children to be stopped by hand.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        if os.getppid() != parent:  # it ended before the kernel was asked
            os.kill(os.getpid(), sig)


def name_process(name: str) -> None:
    """Have `ps` and `top` show this process under a name; Linux only, 15 letters."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def start_program(
    args: Sequence[str],
    *,
    log: Path,
    stop_signal: int,
    account: Account | None = None,
    environ: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program in its own session, its output appended to `log`; it gets `stop_signal` if we die."""
    parent = os.getpid()
    with log.open("ab") as output:
        return subprocess.Popen(
            list(args),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=None if environ is None else dict(environ),
            cwd="/",
            # It runs after the change of user, which would clear the request.
            preexec_fn=lambda: die_with(parent, stop_signal),
            **as_account(account),
        )


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments of `subprocess` that change the user, if there is one to change to."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": [], "umask": 0o077}


class Forked:
    """A child made by fork, so that it shares the memory of all that its parent has imported."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or None while it runs."""
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self._code = -signal.SIGKILL
            else:
                if pid:
                    self._code = os.waitstatus_to_exitcode(status)
        return self._code

    def send_signal(self, sig: int) -> None:
        """Send a signal unless the child has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)


def fork(body: Callable[[], None], *, log: Path, prepare: Callable[[], None] = lambda: None) -> Forked:
    """Run `body` in a forked child with a session of its own, output appended to `log`.

    `prepare` runs first in the child (close what it must not keep). The child is killed when we end: every
    role is built to be killed at any moment. Call only from a process without threads.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _child(body, log, prepare, parent)
    return Forked(pid)


def _child(body: Callable[[], None], log: Path, prepare: Callable[[], None], parent: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        die_with(parent, signal.SIGKILL)
        _clean_signals()
        _redirect(log)
        prepare()
        body()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def _clean_signals() -> None:
    signal.set_wakeup_fd(-1)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(sig, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _redirect(log: Path) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(null)
    os.close(output)


def wait(child: Child, seconds: float) -> int | None:
    """Wait up to `seconds` for a child; its exit code or None."""
    deadline = time.monotonic() + seconds
    while (code := child.poll()) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return code


def wait_for_predecessor(pid_file: Path, program: str, seconds: float) -> None:
    """Wait until the program that wrote a pid file has ended: a supervisor killed a moment ago has left it to end
    by itself. A pid that by now belongs to something else is not waited for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            pid = int(pid_file.read_text().split()[0])
            if program not in psutil.Process(pid).name():
                return
        except (OSError, ValueError, IndexError, psutil.Error):
            return
        time.sleep(0.05)


def stop(child: Child, sig: int, grace: float) -> int | None:
    """Ask a child to stop, then kill it after `grace` seconds; its exit code."""
    child.send_signal(sig)
    code = wait(child, grace)
    if code is None:
        child.send_signal(signal.SIGKILL)
        code = wait(child, 5)
    return code
