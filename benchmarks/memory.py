"""`idle_memory`: what the whole embedded stack holds in memory after a demo-size seed, when nothing happens."""

import time

from benchmarks.bench import Bench
from benchmarks.figures import IDLE_MEMORY, Run, summary
from benchmarks.seeding import seed
from benchmarks.system import System

LIMIT = 1024.0  # MiB
SETTLE = 5.0  # seconds
_MIB = 2**20


def measure(bench: Bench) -> dict[str, object]:
    """PSS of supervisor, servers, roles and mailbox together; what processes share is counted once."""
    with System(bench.home) as system:
        seed(system, bench.say)
        time.sleep(SETTLE)
        runs = []
        for _ in range(bench.repeats):
            runs.append(Run(_proportional_set(system), LIMIT))
            time.sleep(1)
        bench.say(f"memory: {runs[-1].value:.0f} MiB in {len(system.processes())} processes")
    return {IDLE_MEMORY.name: summary(IDLE_MEMORY, runs)}


def _proportional_set(system: System) -> float:
    total = 0
    for each in system.processes():
        info = each.memory_full_info()
        total += getattr(info, "pss", info.uss)  # PSS is known on Linux only
    return total / _MIB
