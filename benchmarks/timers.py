"""`timer_sweep_cost` and `timer_lateness`: the clock of visits looks for timers that are due, among a million.

Each due timer carries its issue one step higher, with all that belongs to it: issue, escalation, the line on the
timeline, the next timer, the event.
"""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.bench import Bench
from benchmarks.figures import TIMER_LATENESS, TIMER_SWEEP, NotMeasured, Run, percentile, summary
from services.visits.ladder.sweep import climb
from shared.database import make_engine, make_sessions, run_migrations

FEW, MANY, DUE = 10_000, 1_000_000, 1_000
SWEEPS = 5  # of each in a run, in turn; the run is their median
LATE = 300  # timers that become due one by one, for the lateness

# All issues stand at the first step and wait for an acknowledgement, those that are due are the newest of all: the
# same rows in the same pages, whatever number of open ones is there besides.
_ISSUES = text(
    """
    INSERT INTO issues (id, code, version, state, step, kind, category, severity, title, description, unit_id,
        unit_code, unit_path, unit_name, reported_at, created_by, search)
    SELECT uuidv7(), 'BT-2025-' || lpad(CAST(n AS text), 7, '0'), 2, 'escalated', 1, 'pressing', 'water', 'normal',
        'Mất nước', 'Ba ngày không có nước.', :unit, '28789', '83/829/28789/', 'Xã Bình Phú', now(), 'bench', ''
    FROM generate_series(1, :open) AS n
    """
)
_TIMERS = text(
    """
    INSERT INTO timers (issue_id, target, step, climbs, armed_at, due_at)
    SELECT id, 'step', 1, true, now(), now() + interval '1 day' + random() * interval '30 days' FROM issues
    """
)
_NEWEST = "SELECT id FROM issues ORDER BY id DESC LIMIT :count"
_DUE = (
    f"""UPDATE issues SET state = 'escalated', step = 1 WHERE id IN ({_NEWEST})""",
    f"""UPDATE timers SET step = 1, armed_at = now(), due_at = now() - random() * interval '1 hour',
            fired_at = NULL, done_at = NULL, outcome = NULL
        WHERE target = 'step' AND issue_id IN ({_NEWEST})""",
    "TRUNCATE escalations, escalation_recipients, timeline, outbox",
)
_LATER = text("UPDATE timers SET due_at = now() + interval '1 day' WHERE due_at <= now()")
_ONE_BY_ONE = text(
    f"""
    UPDATE timers SET due_at = now() + (1 + row_number * 0.02) * interval '1 second'
    FROM (SELECT id, row_number() OVER () FROM ({_NEWEST}) AS newest) AS numbered
    WHERE issue_id = id AND target = 'step'
    RETURNING issue_id, due_at
    """
)


def measure_cost(bench: Bench) -> dict[str, object]:
    """Milliseconds to work off 1,000 due timers among a million open ones and among 10,000."""
    with bench.system.quiet():
        few, many = _timers(bench, FEW), _timers(bench, MANY)
        runs = [_cost(few, many) for _ in range(bench.repeats)]
    bench.say(f"timers: {runs[-1].value:.1f} ms among {MANY} open ones, {runs[-1].yardstick:.1f} ms among {FEW}")
    return {TIMER_SWEEP.name: summary(TIMER_SWEEP, runs)}


def measure_lateness(bench: Bench) -> dict[str, object]:
    """Milliseconds after which 99 of 100 timers that are due have carried their issue higher, among a million."""
    with bench.system.quiet():
        many = _timers(bench, MANY)
        runs = [_lateness(many) for _ in range(bench.repeats)]
    bench.say(f"timers: p99 of lateness {runs[-1].value:.0f} ms")
    return {TIMER_LATENESS.name: summary(TIMER_LATENESS, runs)}


class Timers:
    """A database of the visits service with that many open issues, each with a timer."""

    def __init__(self, url: str, issues: int, due: int = DUE) -> None:
        run_migrations("visits", url)
        self.engine: Engine = make_engine(url, application_name="bench", pool_size=1)
        self.sessions: sessionmaker[Session] = make_sessions(self.engine)
        self._due = due
        with self.sessions.begin() as session:
            session.execute(_ISSUES, {"open": issues, "unit": "0199e6a3-0f52-7d0a-a1c4-9d6b6f2f8a01"})
            session.execute(_TIMERS)
        self.make_due()
        self.sweep()

    def sweep(self) -> float:
        """As the clock does until nothing is due; the milliseconds of that."""
        began = time.perf_counter()
        climb(self.sessions)
        took = time.perf_counter() - began
        if (count := self.escalated()) != self._due:
            raise NotMeasured(f"{self._due} timers are due and {count} issues climbed.")
        self.make_due()
        return took * 1000

    def escalated(self) -> int:
        """How many escalations there are."""
        with self.sessions() as session:
            return int(session.execute(text("SELECT count(*) FROM escalations")).scalar_one())

    def make_due(self) -> None:
        """As before the sweep; without the dead row versions that would slow down one table more than the other."""
        with self.sessions.begin() as session:
            for statement in _DUE:
                session.execute(text(statement), {"count": self._due} if ":count" in statement else {})
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE) issues, timers"))

    def one_by_one(self, count: int) -> dict[object, datetime]:
        """Let timers become due soon, one after the other, and no other; when each is, by its issue."""
        with self.sessions.begin() as session:
            session.execute(_LATER)
            rows = session.execute(_ONE_BY_ONE, {"count": count}).all()
        return {row.issue_id: row.due_at for row in rows}

    def climbed(self) -> dict[object, datetime]:
        """When each issue was escalated."""
        with self.sessions() as session:
            rows = session.execute(text("SELECT issue_id, escalated_at FROM escalations")).all()
        return {row.issue_id: row.escalated_at for row in rows}


def _timers(bench: Bench, issues: int) -> Timers:
    """The database with that many, made once for both figures."""
    name = f"timers_{issues}"
    if name not in _made:
        bench.postgres.create_databases([name])
        _made[name] = Timers(bench.postgres.url(name), issues)
    return _made[name]


_made: dict[str, Timers] = {}


def _cost(few: Timers, many: Timers) -> Run:
    found: dict[Timers, list[float]] = {few: [], many: []}
    for number in range(SWEEPS):
        for pool in (few, many) if number % 2 else (many, few):
            found[pool].append(pool.sweep())
    return Run(percentile(found[many], 0.5), percentile(found[few], 0.5))


def _lateness(timers: Timers) -> Run:
    """From the instant a timer is due until its issue has climbed, with the clock's rhythm of a look a second."""
    climb(timers.sessions)
    timers.make_due()
    due = timers.one_by_one(LATE)
    committed: dict[object, datetime] = {}
    until = max(due.values()) + timedelta(seconds=5)
    while len(committed) < LATE and datetime.now(UTC) < until:
        climb(timers.sessions)
        now = datetime.now(UTC)
        for issue_id in timers.climbed().keys() & due.keys():
            committed.setdefault(issue_id, now)
        time.sleep(1)
    if len(committed) < LATE:
        raise NotMeasured(f"{LATE} timers were due and {len(committed)} issues climbed.")
    late = [(committed[issue_id] - at).total_seconds() * 1000 for issue_id, at in due.items()]
    timers.make_due()
    return Run(percentile(late, 0.99), 1000.0)
