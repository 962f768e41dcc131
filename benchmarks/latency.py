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
IN_TURN = 15  # escalations, then measurements of the yardstick, and so on
PATIENCE = 20.0  # seconds
_MS = 1000


@dataclass(frozen=True)
class _Moments:
    """Of one escalation, as Unix time."""

    issue_id: UUID
    answered: float  # the client has the answer to its POST: a little after the commit
    last_mail: float


def measure(bench: Bench) -> dict[str, object]:
    """p50 and p99 in milliseconds, each beside the same rank of the yardstick."""
    runs = [_run(bench) for _ in range(bench.repeats)]
    p50, p99 = [run[0] for run in runs], [run[1] for run in runs]
    return {"escalation_latency": {"p50": summary(LATENCY_P50, p50), "p99": summary(LATENCY_P99, p99)}}


def _run(bench: Bench) -> tuple[Run, Run]:
    targets = bench.issues.add(ESCALATIONS + 5)
    bench.worker  # noqa: B018 (its start must not fall into the measurement)
    _one_by_one(bench, targets[:5])
    commits = Commits(bench.postgres, bench.system.sessions("visits"))
    moments, plain = _in_turn(bench, targets[5:])
    committed = commits.moments([each.issue_id for each in moments])
    found = [(each.last_mail - committed[each.issue_id]) * _MS for each in moments]
    answered = [(each.last_mail - each.answered) * _MS for each in moments]
    p50, p99 = (Run(percentile(found, rank), percentile(plain, rank)) for rank in (0.5, 0.99))
    bench.say(
        f"latency: p50 {p50.value:.1f} ms, p99 {p99.value:.1f} ms; "
        f"yardstick: p50 {p50.yardstick:.1f} ms, p99 {p99.yardstick:.1f} ms; from the POST's answer: "
        f"p50 {percentile(answered, 0.5):.1f} ms, p99 {percentile(answered, 0.99):.1f} ms"
    )
    return p50, p99


def _in_turn(bench: Bench, targets: list[Target]) -> tuple[list[_Moments], list[float]]:
    """Some escalations, as many of the yardstick, and so on: what disturbs the machine disturbs both alike."""
    moments: list[_Moments] = []
    plain: list[float] = []
    for start in range(0, len(targets), IN_TURN):
        moments += _one_by_one(bench, targets[start : start + IN_TURN])
        plain += _yardstick(bench)
    return moments, plain


def _one_by_one(bench: Bench, targets: list[Target]) -> list[_Moments]:
    books, moments, mails = bench.books(), [], 0
    socket = bench.system.socket("visits-api")
    for target, sent in zip(targets, list(escalations(targets, bench.issues.token())), strict=True):
        # Receipts and records are still being written; and no rhythm may form with the ticks.
        time.sleep(random.uniform(0.04, 0.1))
        load.ask(socket, sent)
        answered = time.time()
        mails += target.mails
        moments.append(_Moments(target.id, answered, bench.sink.wait(mails, PATIENCE)))
    books.close(mails)
    return moments


def _yardstick(bench: Bench) -> list[float]:
    """Milliseconds of two round trips and one mail, the last of those that the system has sent."""
    mail = ("bench@caunoi.example", "bench@bentre.example", bench.sink.last())
    with smtplib.SMTP("127.0.0.1", bench.sink.port, local_hostname="bench") as smtp, bench.system.quiet():
        return [seconds * _MS for seconds in bench.worker.round_trips(IN_TURN, smtp, mail)]
