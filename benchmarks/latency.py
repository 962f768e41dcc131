"""`escalation_latency`: one escalation, and nothing else; how long until the last of its mails is accepted?"""

import random
import smtplib
import time
from dataclasses import dataclass
from uuid import UUID

from benchmarks import load
from benchmarks.bench import Bench
from benchmarks.commits import Commits
from benchmarks.figures import LATENCY_P50, LATENCY_P99, Run, percentile, summary
from benchmarks.issues import Target, escalations

ESCALATIONS = 150
PATIENCE = 20.0  # seconds
_MS = 1000


@dataclass(frozen=True)
class _Moments:
    """Of one escalation, as Unix time."""

    issue_id: UUID
    answered: float  # the client has the answer to its POST: a little after the commit
    last_mail: float


def measure(bench: Bench) -> dict[str, object]:
    """p50 and p99 in milliseconds, both beside the yardstick's p50."""
    runs = [_run(bench) for _ in range(bench.repeats)]
    p50, p99 = [run[0] for run in runs], [run[1] for run in runs]
    return {"escalation_latency": {"p50": summary(LATENCY_P50, p50), "p99": summary(LATENCY_P99, p99)}}


def _run(bench: Bench) -> tuple[Run, Run]:
    targets = bench.issues.add(ESCALATIONS + 5)
    bench.worker  # noqa: B018 (its start must not fall into the measurement)
    _one_by_one(bench, targets[:5])
    commits = Commits(bench.postgres, bench.system.sessions("visits"))
    moments = _one_by_one(bench, targets[5:])
    committed = commits.moments([each.issue_id for each in moments])
    found = [(each.last_mail - committed[each.issue_id]) * _MS for each in moments]
    answered = [(each.last_mail - each.answered) * _MS for each in moments]
    yardstick = percentile(_yardstick(bench), 0.5)
    p50, p99 = percentile(found, 0.5), percentile(found, 0.99)
    bench.say(
        f"latency: p50 {p50:.1f} ms, p99 {p99:.1f} ms, yardstick {yardstick:.1f} ms; "
        f"from the POST's answer: p50 {percentile(answered, 0.5):.1f} ms, p99 {percentile(answered, 0.99):.1f} ms"
    )
    return Run(p50, yardstick), Run(p99, yardstick)


def _one_by_one(bench: Bench, targets: list[Target]) -> list[_Moments]:
    books, moments, mails = bench.books(), [], 0
    socket = bench.system.socket("visits-api")
    for target, sent in zip(targets, list(escalations(targets, bench.issues.token())), strict=True):
        load.ask(socket, sent)
        answered = time.time()
        mails += target.mails
        moments.append(_Moments(target.id, answered, bench.sink.wait(mails, PATIENCE)))
        # Receipts and records are still being written; and no rhythm may form with the ticks.
        time.sleep(random.uniform(0.04, 0.1))
    books.close(mails)
    return moments


def _yardstick(bench: Bench) -> list[float]:
    """Milliseconds of two round trips and one mail, the last of those that the system has sent."""
    mail = ("bench@caunoi.example", "bench@bentre.example", bench.sink.last())
    with smtplib.SMTP("127.0.0.1", bench.sink.port, local_hostname="bench") as smtp, bench.system.quiet():
        return [seconds * _MS for seconds in bench.worker.round_trips(ESCALATIONS, smtp, mail)]
