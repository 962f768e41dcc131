"""The supervisor keeps children alive, stops them in order and leaves none behind, however it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import until

PROGRAM = """
import json, os, signal, sys, time
from pathlib import Path
from caunoi import process
from caunoi.supervisor import Managed, Supervisor

folder = Path(sys.argv[1])

def role(name):
    def body():
        def leave(*_):
            with (folder / "order").open("a") as file:
                file.write(name + "\\n")
            os._exit(0)
        if name == "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        else:
            signal.signal(signal.SIGTERM, leave)
        while True:
            time.sleep(60)
    return lambda: process.fork(body, log=folder / f"{name}.log")

def changed():
    draft = folder / "draft"
    draft.write_text(json.dumps({name: each.pid for name, each in supervisor.children.items()}))
    draft.rename(folder / "state")

supervisor = Supervisor(changed, print)
with supervisor.signals():
    for rank, name in enumerate(sys.argv[2:]):
        supervisor.add(Managed(name, role(name), rank, grace=0.5))
    supervisor.add(Managed("server", lambda: process.start_program(
        ["sleep", "1000"], log=folder / "server.log", stop_signal=signal.SIGTERM), 9))
    while not supervisor.asked_to_stop:
        supervisor.wait(5)
    supervisor.stop_all()
"""

NAMES = ("first", "second")


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), *names])
        until(lambda: set(self.pids()) == {*names, "server"})

    def pids(self) -> dict[str, int | None]:
        """Name to process id."""
        try:
            found: dict[str, int | None] = json.loads((self.folder / "state").read_text())
        except FileNotFoundError:
            return {}
        return found

    def alive(self) -> list[int]:
        """The children that run."""
        return [pid for pid in self.pids().values() if pid and _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a supervisor of the named children and a program called `server`."""
    started: list[Running] = []

    def run(*names: str) -> Running:
        started.append(Running(tmp_path, names))
        return started[-1]

    yield run
    for each in started:
        each.process.kill()
        each.process.wait()


def test_a_killed_child_is_started_again(start: Callable[..., Running]) -> None:
    """Roles and programs alike come back under a new process id."""
    running = start(*NAMES)
    before = running.pids()
    for name in ("first", "server"):
        os.kill(before[name] or 0, signal.SIGKILL)
    until(lambda: all(running.pids()[name] not in (before[name], None) for name in ("first", "server")))
    assert running.pids()["second"] == before["second"]


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all_in_order(start: Callable[..., Running], sig: signal.Signals) -> None:
    """The lowest rank goes first, nobody is left, and the supervisor ends well."""
    running = start(*NAMES)
    os.kill(running.process.pid, sig)
    assert running.process.wait(10) == 0
    assert running.alive() == []
    assert (running.folder / "order").read_text().split() == list(NAMES)


def test_a_child_that_will_not_stop_is_killed(start: Callable[..., Running]) -> None:
    """After its grace a child is killed."""
    running = start("stubborn", "second")
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert running.alive() == []


def test_a_killed_supervisor_leaves_no_orphan(start: Callable[..., Running]) -> None:
    """kill -9 of the supervisor ends every child."""
    running = start(*NAMES)
    assert len(running.alive()) == 3
    running.process.kill()
    until(lambda: running.alive() == [])
