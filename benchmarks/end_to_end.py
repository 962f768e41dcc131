"""`end_to_end_mail_rate`: a client posts escalations as fast as the API takes them, and mail goes out meanwhile."""

import time

from benchmarks.bench import Bench
from benchmarks.figures import END_TO_END, Run, summary
from benchmarks.issues import escalations
from benchmarks.load import Load

ESCALATIONS = 1000
PATIENCE = 180.0  # seconds


def measure(bench: Bench) -> dict[str, object]:
    """Mails a second from the first POST until the sink has accepted the last one, beside REF."""
    return {END_TO_END.name: summary(END_TO_END, [_run(bench) for _ in range(bench.repeats)])}


def _run(bench: Bench) -> Run:
    targets = bench.issues.add(ESCALATIONS)
    mails = sum(target.mails for target in targets)
    before = bench.ref()
    books = bench.books()
    load = Load(bench.system.socket("visits-api"), iter(list(escalations(targets, bench.issues.token()))))
    began = time.time()
    posting = load.run()
    rate = mails / (bench.sink.wait(mails, PATIENCE) - began)
    books.close(mails)
    run = Run(rate, (before + bench.ref()) / 2)
    bench.say(
        f"end to end: {mails} mails, {rate:.0f}/s, REF {run.yardstick:.0f}/s; "
        f"{ESCALATIONS / posting:.0f} escalations posted a second for {posting:.1f} s"
    )
    return run
