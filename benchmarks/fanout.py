"""`fanout_mail_rate`: escalations wait in the outbox; once the relay goes on, how fast does their mail go out?"""

import time

from benchmarks.bench import Bench
from benchmarks.figures import FANOUT, Run, summary

ESCALATIONS = 1500
PATIENCE = 180.0  # seconds


def measure(bench: Bench) -> dict[str, object]:
    """Mails a second over both hops, until the sink has accepted the last one, beside REF."""
    return {FANOUT.name: summary(FANOUT, [_run(bench) for _ in range(bench.repeats)])}


def _run(bench: Bench) -> Run:
    targets = bench.issues.add(ESCALATIONS)
    mails = sum(target.mails for target in targets)
    books = bench.books()
    with bench.system.held("visits-relay"):
        bench.issues.escalate(targets)
        before = bench.ref()
        released = time.time()
    rate = mails / (bench.sink.wait(mails, PATIENCE) - released)
    settled = books.close(mails)
    run = Run(rate, (before + bench.ref()) / 2)
    bench.say(
        f"fanout: {mails} mails of {ESCALATIONS} escalations, {rate:.0f}/s, REF {run.yardstick:.0f}/s, "
        f"all written {settled:.1f} s later"
    )
    return run
