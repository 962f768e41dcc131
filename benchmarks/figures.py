"""The figures: their names, units and goals, and how the runs of one are summed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any


class NotMeasured(Exception):
    """A figure could not be measured, or what it measured turned out not to have been done."""


@dataclass(frozen=True)
class Figure:
    """A figure. The goal is for its ratio to the yardstick; `higher` says on which side of it is good."""

    name: str
    unit: str
    goal: float
    higher: bool
    about: str

    def met(self, ratio: float) -> bool:
        """Whether a ratio reaches the goal."""
        return ratio >= self.goal if self.higher else ratio <= self.goal


@dataclass(frozen=True)
class Run:
    """One run: the system's value and the yardstick's, in the figure's unit."""

    value: float
    yardstick: float

    @property
    def ratio(self) -> float:
        """How the system compares with the yardstick."""
        return self.value / self.yardstick


FANOUT = Figure("fanout_mail_rate", "mails/s", 3.0, True, "mails of waiting escalations ÷ no-op tasks")
END_TO_END = Figure("end_to_end_mail_rate", "mails/s", 1.0, True, "mails of posted escalations ÷ no-op tasks")
LATENCY_P50 = Figure("escalation_latency.p50", "ms", 2.0, False, "commit to last mail ÷ two round trips and a mail")
LATENCY_P99 = Figure("escalation_latency.p99", "ms", 3.0, False, "the same, each at its 99th of a hundred")
POST_ISSUE = Figure("post_issue_rate", "requests/s", 0.5, True, "POST of an issue ÷ bare Flask with one INSERT")
READ_LIST = Figure("read_list_rate", "requests/s", 0.5, True, "a page of 50 issues ÷ bare Flask with one SELECT")
READ_DETAIL = Figure("read_detail_rate", "requests/s", 0.5, True, "one issue ÷ bare Flask with one SELECT")
SWEEP = Figure("sweep_cost", "ms", 1.2, False, "1,000 due of 200,000 open ÷ 1,000 due of 2,000")
TIMER_SWEEP = Figure("timer_sweep_cost", "ms", 1.2, False, "1,000 due of 1,000,000 timers ÷ 1,000 due of 10,000")
TIMER_LATENESS = Figure("timer_lateness", "ms", 2.0, False, "p99 from due to climbed ÷ one second")
RESPONSIBLE = Figure("responsible_scale", "ms", 1.2, False, "p99 among 1,000,000 assignments ÷ 100,000")
RESPONSIBLE_RATE = Figure(
    "responsible_rate", "requests/s", 0.5, True, "who is responsible ÷ bare Flask, one SELECT"
)
COVERAGE = Figure("coverage_scale", "ms", 1.0, False, "gaps and scores of the largest province ÷ one second")
SCALE = Figure("scale_p99", "ms", 1.2, False, "ten queries, 1,000,000 issues ÷ 100,000")
BROADCAST = Figure("broadcast_escalation", "ms", 2.0, False, "p99 during a broadcast ÷ p99 without")
REFORM = Figure("reform_seconds", "s", 10.0, False, "the whole country reformed, open work moved ÷ importing it")
IDLE_MEMORY = Figure("idle_memory", "MiB", 1.0, False, "the whole stack, idle ÷ 1 GiB")

FIGURES = (
    IDLE_MEMORY, SWEEP, FANOUT, END_TO_END, LATENCY_P50, LATENCY_P99, READ_DETAIL, READ_LIST, POST_ISSUE,
    TIMER_SWEEP, TIMER_LATENESS, SCALE, RESPONSIBLE, RESPONSIBLE_RATE, COVERAGE, BROADCAST, REFORM,
)  # fmt: skip


def summary(figure: Figure, runs: Sequence[Run]) -> dict[str, Any]:
    """The run whose ratio is the median one: value, yardstick and ratio belong together.

    Of an even number of runs the worse of the middle two. `runs` holds the ratios of all, as they came.
    """
    ordered = sorted(runs, key=lambda run: run.ratio, reverse=not figure.higher)
    median = ordered[(len(ordered) - 1) // 2]
    return {
        "value": _rounded(median.value),
        "unit": figure.unit,
        "yardstick": _rounded(median.yardstick),
        "ratio": round(median.ratio, 3),
        "goal": figure.goal,
        "better": "higher" if figure.higher else "lower",
        "met": figure.met(median.ratio),
        "runs": [round(run.ratio, 3) for run in runs],
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all reaches (nearest rank)."""
    return sorted(values)[max(0, ceil(len(values) * share) - 1)]


def _rounded(value: float) -> float:
    return round(value, 1 if value >= 100 else 3)
