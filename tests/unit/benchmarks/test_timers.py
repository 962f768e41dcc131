"""The figures of the clock need only a database."""

from benchmarks.timers import Timers
from tests.support.databases import Databases


def test_timers_are_swept_again_and_again(databases: Databases) -> None:
    """All that are due carry their issue higher each time, and are due again afterwards."""
    timers = Timers(databases.fresh("visits"), 300, due=150)
    assert timers.sweep() > 0
    assert timers.sweep() > 0
    timers.engine.dispose()


def test_what_becomes_due_later_is_not_due_yet(databases: Databases) -> None:
    """Each of them has an instant of its own."""
    timers = Timers(databases.fresh("visits"), 300, due=150)
    due = timers.one_by_one(10)
    assert len(set(due.values())) == 10
    assert timers.climbed() == {}
    timers.engine.dispose()
