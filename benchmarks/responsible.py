"""`responsible_scale`, `responsible_rate` and `coverage_scale`: who is responsible, and where nobody is, among a
million assignments of 200,000 officials over the country's units.
"""

import time
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import load
from benchmarks.bench import Bench
from benchmarks.country import Country, copy_units
from benchmarks.figures import COVERAGE, RESPONSIBLE, RESPONSIBLE_RATE, NotMeasured, Run, percentile, summary
from benchmarks.rates import DIFFERENT, bare_reads, measure_rate
from benchmarks.scale import ask, asking
from benchmarks.seeding import UNITS
from services.assignments.coverage import queries as coverage
from services.assignments.responsibility import queries as responsibility
from services.assignments.units.importer import import_units
from shared import clock
from shared.database import make_engine, make_sessions, run_migrations

FEW, MANY = 0.1, 1.0  # shares of the country
OFFICIALS = 200_000  # of all of it; terms in about a million
API = "/api/assignments/v1"


class Pool:
    """A database of the assignments service that holds a share of the country."""

    def __init__(self, engine: Engine, share: float, officials: int = OFFICIALS) -> None:
        self.sessions = make_sessions(engine)
        self.country = Country(engine, share, round(officials * share))
        self.country.fill()
        self._turn = 0

    def responsible(self) -> Any:
        """Who is responsible for one commune after the other, as the API answers it."""
        self._turn += 7919  # a prime: all over the country
        unit = self.country.communes[self._turn % len(self.country.communes)]
        with self.sessions() as session:
            return responsibility.ask(session, asking(), unit, None, None, 2)


def measure_responsible(bench: Bench) -> dict[str, object]:
    """Milliseconds in which 99 of 100 questions are answered, and requests a second beside bare Flask."""
    few, many = _few(bench), _many(bench)
    runs = []
    with bench.system.quiet():
        for _ in range(bench.repeats):
            took = ask(Pool.responsible, few, many, 1000)
            runs.append(Run(percentile(took[many], 0.99), percentile(took[few], 0.99)))
    bench.say(f"responsible: p99 {runs[-1].value:.2f} ms among all, {runs[-1].yardstick:.2f} among a tenth")
    units = many.country.communes[:: max(1, len(many.country.communes) // DIFFERENT)]
    rate = measure_rate(
        bench,
        RESPONSIBLE_RATE,
        "assignments-api",
        lambda token: [load.request("GET", f"{API}/responsible?unit={unit}", token=token) for unit in units],
        bare_reads(bench),
    )
    return {RESPONSIBLE.name: summary(RESPONSIBLE, runs)} | rate


def measure_coverage(bench: Bench) -> dict[str, object]:
    """Milliseconds for the gaps and scores of the largest province, beside one second; the country is streamed."""
    many = _many(bench)
    today = clock.today()
    runs = []
    with many.sessions() as session:
        largest = session.scalars(text(_LARGEST)).one()
    with bench.system.quiet():
        for _ in range(bench.repeats):
            began = time.perf_counter()
            with many.sessions() as session:
                found = coverage.gaps(session, largest, today, today + timedelta(days=31))
                tallies = coverage.tallies(session, largest, today)
            runs.append(Run((time.perf_counter() - began) * 1000, 1000.0))
        bench.say(f"coverage of {largest}: {runs[-1].value:.0f} ms, {len(found)} gaps, {len(tallies)} scores")
        began = time.perf_counter()
        sent = load.request("GET", f"{API}/coverage/stream", token=bench.issues.token())
        lines = load.ask(bench.system.socket("assignments-api"), sent).splitlines()
        scores, listed = (sum(line.startswith(mark) for line in lines) for mark in (b'{"score":{', b'{"gap":{'))
        bench.say(f"coverage of the country: {time.perf_counter() - began:.1f} s, {scores} scores, {listed} gaps")
    if not found or listed < len(found) or scores < len(many.country.provinces):
        raise NotMeasured("The coverage found no gaps.")
    return {COVERAGE.name: summary(COVERAGE, runs)}


_LARGEST = """
    SELECT province_code || '/' FROM units JOIN assignments ON territory_id = units.id
    GROUP BY province_code ORDER BY count(*) DESC LIMIT 1
"""


_made: dict[float, Pool] = {}


def _few(bench: Bench) -> Pool:
    if FEW in _made:
        return _made[FEW]
    bench.postgres.create_databases(["assignments_few"])
    url = bench.postgres.url("assignments_few")
    run_migrations("assignments", url)
    engine = make_engine(url, application_name="bench", pool_size=1)
    with make_sessions(engine).begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # nobody audits a benchmark
        if errors := import_units(session, UNITS).errors:
            raise NotMeasured(f"The units were not imported: {errors[:3]}")
    return _kept(bench, FEW, Pool(engine, FEW))


def _many(bench: Bench) -> Pool:
    """The system's own database, filled: so its API answers from it."""
    if MANY in _made:
        return _made[MANY]
    units = _few(bench).sessions.kw["bind"]
    engine = bench.system.sessions("assignments").kw["bind"]
    with bench.system.quiet():
        copy_units(units, engine)
        return _kept(bench, MANY, Pool(engine, MANY))


def _kept(bench: Bench, share: float, pool: Pool) -> Pool:
    _made[share] = pool
    bench.say(f"country: {pool.country.assignments:,} assignments in {len(pool.country.units):,} units")
    return pool
