"""The benchmark: measures one figure after the other and prints them all as one JSON document."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from benchmarks import (
    broadcast,
    end_to_end,
    fanout,
    latency,
    machine,
    memory,
    rates,
    reform,
    responsible,
    scale,
    sweep,
    timers,
)
from benchmarks.bench import BROADCAST_TO, Bench
from benchmarks.figures import NotMeasured
from benchmarks.seeding import seed
from caunoi.home import Home

# In this order: memory of a system that has done nothing yet; reading before the mail makes the tables longer.
MEASURES: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "idle_memory": memory.measure,
    "sweep_cost": sweep.measure,
    "timer_sweep_cost": timers.measure_cost,
    "timer_lateness": timers.measure_lateness,
    "read_detail_rate": rates.read_detail,
    "read_list_rate": rates.read_list,
    "post_issue_rate": rates.post_issue,
    "escalation_latency": latency.measure,
    "fanout_mail_rate": fanout.measure,
    "end_to_end_mail_rate": end_to_end.measure,
    "scale_p99": scale.measure,
    "reform_seconds": reform.measure,
    "responsible_scale": responsible.measure_responsible,
    "coverage_scale": responsible.measure_coverage,
    "broadcast_escalation": broadcast.measure,
}
# These fill databases of their own.
NEEDS_NO_SEED = {
    "idle_memory", "sweep_cost", "timer_sweep_cost", "timer_lateness",
    "scale_p99", "reform_seconds", "responsible_scale", "coverage_scale",
}  # fmt: skip
# Measured only when named: they fill millions of rows, some in the database of the system, or send 200,000 mails.
ON_REQUEST = {"scale_p99", "reform_seconds", "responsible_scale", "coverage_scale", "broadcast_escalation"}


def main(
    only: Sequence[str] | None = None,
    repeats: int = 3,
    out: TextIO = sys.stdout,
    readers: int = BROADCAST_TO,
) -> int:
    """Measure the figures named in `only`, or all but those ON_REQUEST; progress goes to standard error, JSON
    to `out`.

    Returns 0 when all were measured, whether or not they reach their goals; 1 if one could not be; 2 for an
    unknown name.
    """
    names = list(only or (name for name in MEASURES if name not in ON_REQUEST))
    if unknown := [name for name in names if name not in MEASURES]:
        say(f"There is no figure {', '.join(unknown)}; there are: {', '.join(MEASURES)}.")
        return 2
    began, facts = time.monotonic(), machine.facts()
    figures, faults = _measured([name for name in MEASURES if name in names], repeats, readers)
    document = {
        "figures": figures,
        "machine": facts,
        "seconds": round(time.monotonic() - began, 1),
        **({"not_measured": faults} if faults else {}),
    }
    print(json.dumps(document, ensure_ascii=False, indent=2), file=out, flush=True)
    say(table(figures, faults))
    return 1 if faults else 0


def _measured(
    names: Sequence[str], repeats: int, readers: int = BROADCAST_TO
) -> tuple[dict[str, Any], dict[str, str]]:
    figures: dict[str, Any] = {}
    faults: dict[str, str] = {}
    folder = Path(tempfile.mkdtemp(prefix="caunoi-bench-"))
    try:
        with Bench(Home.at(folder), repeats, say, readers) as bench:
            for name in names:
                load = machine.load_average()
                try:
                    if name not in NEEDS_NO_SEED:
                        seed(bench.system, say)
                    measured = MEASURES[name](bench)
                except NotMeasured as fault:
                    faults[name] = str(fault)
                    say(f"{name} could not be measured: {fault}")
                else:
                    figures |= {name: {**figure, "load_average": load} for name, figure in measured.items()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures, faults


def say(line: str) -> None:
    """Show progress."""
    print(line, file=sys.stderr, flush=True)


def table(figures: dict[str, Any], faults: dict[str, str]) -> str:
    """What a person wants to see at the end."""
    lines = ["", f"{'figure':<24}{'value':>10} {'unit':<11}{'yardstick':>10}{'ratio':>9}{'goal':>8}"]
    for name, figure in figures.items():
        parts = {f"{name} {part}": figure[part] for part in ("p50", "p99") if part in figure} or {name: figure}
        for label, each in parts.items():
            sign = "≥" if each["better"] == "higher" else "≤"
            verdict = "met" if each["met"] else "MISSED"
            lines.append(
                f"{label:<24}{each['value']:>10} {each['unit']:<11}{each['yardstick']:>10}{each['ratio']:>9}"
                f"{sign + str(each['goal']):>8}  {verdict}"
            )
    lines += [f"{name:<24}not measured" for name in faults]
    return "\n".join(lines)
