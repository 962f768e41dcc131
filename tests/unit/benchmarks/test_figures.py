"""How runs become figures."""

from io import StringIO

import pytest

from benchmarks import commits, run
from benchmarks.figures import FANOUT, FIGURES, SWEEP, Run, percentile, summary


def test_the_median_run_is_shown_whole() -> None:
    """Value, yardstick and ratio are those of one run, so that they fit together."""
    found = summary(FANOUT, [Run(3000, 1000), Run(9000, 1000), Run(500, 100)])
    assert (found["value"], found["yardstick"], found["ratio"]) == (500, 100, 5.0)
    assert found["runs"] == [3.0, 9.0, 5.0]


@pytest.mark.parametrize(("figure", "expected"), [(FANOUT, 2.0), (SWEEP, 3.0)])
def test_of_two_middle_runs_the_worse_counts(figure: object, expected: float) -> None:
    """An even number of runs never makes a figure look better."""
    assert summary(figure, [Run(2, 1), Run(3, 1)])["ratio"] == expected  # type: ignore[arg-type]


def test_a_goal_is_met_on_its_good_side() -> None:
    """Rates must be at least their goal, costs at most."""
    assert FANOUT.met(3.0) and not FANOUT.met(2.99)
    assert SWEEP.met(1.2) and not SWEEP.met(1.21)


def test_percentiles_are_values_that_occurred() -> None:
    """Nearest rank: the 99th of a hundred, and the only one of one."""
    assert percentile(list(range(1, 101)), 0.99) == 99
    assert percentile(list(range(1, 101)), 0.5) == 50
    assert percentile([7.0], 0.99) == 7.0


def test_every_figure_is_measured() -> None:
    """What has a goal has a measure, and the other way round; who is responsible is measured at two things."""
    together = {"responsible_rate"}
    assert {figure.name.partition(".")[0] for figure in FIGURES} - together == set(run.MEASURES)


def test_an_unknown_figure_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is started and nothing printed for machines."""
    out = StringIO()
    assert run.main(["speed"], out=out) == 2
    assert out.getvalue() == ""
    assert "sweep_cost" in capsys.readouterr().err


def test_the_table_says_what_was_missed() -> None:
    """One line a figure, two for the percentiles, one for what could not be measured."""
    latency = {"p50": summary(FIGURES[4], [Run(20, 10)]), "p99": summary(FIGURES[5], [Run(50, 10)])}
    shown = run.table({"escalation_latency": latency}, {"sweep_cost": "no database"})
    lines = shown.splitlines()
    assert "2.0" in lines[2] and "met" in lines[2] and "MISSED" in lines[3]
    assert lines[4].split() == ["sweep_cost", "not", "measured"]


def test_a_commit_is_found_in_the_log() -> None:
    """The line as pg_waldump writes it; other records of transactions are passed over."""
    log = (
        "rmgr: Transaction len (rec/tot):     34/    34, tx:        741, lsn: 0/01563EA8, prev 0/01563E68, "
        "desc: COMMIT 2026-03-02 01:30:00.500000 UTC\n"
        "rmgr: Transaction len (rec/tot):     34/    34, tx:        742, lsn: 0/01563ED0, prev 0/01563EA8, "
        "desc: ABORT 2026-03-02 01:30:01.000000 UTC\n"
    )
    assert commits.read(log) == {741: 1772415000.5}
