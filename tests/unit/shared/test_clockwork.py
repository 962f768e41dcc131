"""The clock calls every duty, whatever the others do."""

from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from services.visits.duties import DUTIES
from shared.messaging.clockwork import Clock, Duty


class _Sessions:
    """Stands for a session factory: the clock opens a session to say that it lives."""

    @contextmanager
    def begin(self) -> Any:
        yield None


SESSIONS: Any = _Sessions()


def test_urgent_duties_are_called_after_each_other_one() -> None:
    """What is called every second does not wait for all the others."""
    called: list[str] = []
    duties = [
        Duty("slow", 3600, lambda _: called.append("slow")),
        Duty("climb", 1, lambda _: called.append("climb")),
        Duty("warn", 60, lambda _: called.append("warn")),
    ]
    beats: list[object] = []
    clock = Clock(duties, beat=beats.append)
    clock.strike(SESSIONS)
    assert called == ["climb", "warn", "climb", "slow", "climb"]
    assert len(beats) == 3
    clock.strike(SESSIONS)
    assert called[5:] == ["climb"]


def test_a_duty_that_fails_harms_no_other() -> None:
    """It is told of in the log, and called again in its time."""
    called: list[str] = []

    def fail(_: object) -> None:
        called.append("failed")
        raise ValueError("no")

    clock = Clock([Duty("bad", 1, fail), Duty("good", 1, lambda _: called.append("good"))])
    clock.strike(SESSIONS)
    clock.strike(SESSIONS)
    assert called == ["failed", "good"] * 2


def test_a_lost_database_is_told_to_the_loop() -> None:
    """Which waits for it to come back."""

    def lose(_: object) -> None:
        raise OperationalError("SELECT", None, Exception("gone"))

    with pytest.raises(OperationalError):
        Clock([Duty("lost", 1, lose)]).strike(SESSIONS)


def test_it_ends_when_told_to() -> None:
    """Between two duties."""
    called: list[str] = []
    duties = [
        Duty("first", 1, lambda _: called.append("first")),
        Duty("second", 60, lambda _: called.append("second")),
    ]
    Clock(duties, stopping=lambda: bool(called)).strike(SESSIONS)
    assert called == ["first"]


def test_duties_have_names_of_their_own() -> None:
    """Their rhythm is kept by name."""
    assert len({each.name for each in DUTIES}) == len(DUTIES)
