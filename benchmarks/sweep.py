"""`sweep_cost`: the sender looks for what is due. Does it cost more when there is more that is open and not due?"""

import time
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.bench import Bench
from benchmarks.figures import SWEEP, NotMeasured, Run, percentile, summary
from services.notifications.deliveries.actions import Attempt, Settled, claim_due, record_settled
from services.notifications.deliveries.rules import CHUNK, Outcome, after_attempt
from services.notifications.notifications.rules import Channel
from shared import clock
from shared.database import make_engine, make_sessions, run_migrations

FEW, MANY, DUE = 2_000, 200_000, 1_000
SWEEPS = 9  # of each in a run, in turn; the run is their median
_LEASE = timedelta(minutes=5)

# Open rows are mails that wait for another attempt, some time in the next day. Of the newest FEW every other one is
# due: the same rows in the same pages, whatever number of open ones is there besides.
_FILL = text(
    """
    INSERT INTO notifications
        (id, notice_id, official_id, channel, full_name, reasons, created_at, state, due_at, attempts)
    SELECT uuidv7(), uuidv7(), gen_random_uuid(), 'email', 'Nguyễn Thị Hồng Đào',
        json_build_array(json_build_object('post', 'commune_follower', 'place', 'Xã Bình Phú')), now(), 'pending',
        CASE WHEN n > :open - :few AND n % (:few / :due) = 0 THEN now() - random() * interval '1 hour'
             ELSE now() + interval '1 hour' + random() * interval '1 day' END, 1
    FROM generate_series(1, :open) AS n
    """
)
_AGAIN = text(
    "UPDATE notifications SET state = 'pending', due_at = now() - random() * interval '1 hour', sent_at = NULL "
    "WHERE state = 'sent'"
)


def measure(bench: Bench) -> dict[str, object]:
    """Milliseconds to work off all that is due, among 200,000 open rows and among 2,000."""
    urls = {}
    for name in ("sweep_few", "sweep_many"):
        bench.postgres.create_databases([name])
        urls[name] = bench.postgres.url(name)
    with bench.system.quiet():
        few, many = Pool(urls["sweep_few"], FEW), Pool(urls["sweep_many"], MANY)
        runs = [_run(few, many) for _ in range(bench.repeats)]
        few.engine.dispose()
        many.engine.dispose()
    bench.say(f"sweep: {runs[-1].value:.1f} ms among {MANY} open rows, {runs[-1].yardstick:.1f} ms among {FEW}")
    return {SWEEP.name: summary(SWEEP, runs)}


class Pool:
    """A database of the notifications service with that many open rows, DUE of them due."""

    def __init__(self, url: str, rows: int) -> None:
        run_migrations("notifications", url)
        self.engine: Engine = make_engine(url, application_name="bench", pool_size=1)
        self._sessions: sessionmaker[Session] = make_sessions(self.engine)
        with self._sessions.begin() as session:
            session.execute(_FILL, {"open": rows, "few": FEW, "due": DUE})
        self._maintain("VACUUM (ANALYZE) notifications")
        self.sweep()

    def sweep(self) -> float:
        """Claim and record, chunk by chunk as the sender does, until nothing is due; the milliseconds of that."""
        began, claimed = time.perf_counter(), 0
        while True:
            with self._sessions.begin() as session:
                rows = claim_due(session, Channel.EMAIL, limit=CHUNK, now=clock.now(), lease=_LEASE)
            if not rows:
                break
            claimed += len(rows)
            with self._sessions.begin() as session:
                record_settled(session, Channel.EMAIL, [_accepted(row) for row in rows], clock.now())
        took = time.perf_counter() - began
        if claimed != DUE:
            raise NotMeasured(f"{DUE} rows are due and {claimed} were claimed.")
        self._reset()
        return took * 1000

    def _reset(self) -> None:
        """Make them due again; without the dead row versions that would slow down one table more than the other."""
        with self._sessions.begin() as session:
            session.execute(_AGAIN)
            session.execute(text("TRUNCATE delivery_attempts"))
        self._maintain("VACUUM notifications")

    def _maintain(self, statement: str) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))


def _accepted(row: Row[Any]) -> Settled:
    """As if the mail had been accepted."""
    now = clock.now()
    change = after_attempt(None, attempts=row.attempts, tried_since=row.tried_since, now=now)
    return Settled(row, change, now, [Attempt(now, "nobody", Outcome.SENT, 250, "2.0.0 ok", 0.001)])


def _run(few: Pool, many: Pool) -> Run:
    found: dict[Pool, list[float]] = {few: [], many: []}
    for number in range(SWEEPS):
        for pool in (few, many) if number % 2 else (many, few):
            found[pool].append(pool.sweep())
    return Run(percentile(found[many], 0.5), percentile(found[few], 0.5))
