"""`reform_seconds`: the reform of 1 July 2025 over the whole country, with officials, hamlets and open work:
plan, deed, and every open issue, visit, piece of feedback and question at its new place; then undone, compared.

The services are joined without Redis, in batches as the relay packs them: what is measured is what they do.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.bench import Bench
from benchmarks.figures import REFORM, NotMeasured, Run, summary
from benchmarks.seeding import UNITS
from caunoi.reform import WRITER
from services.assignments.handlers import HANDLERS as ASSIGNMENTS
from services.assignments.reorganisations import files, queries
from services.assignments.reorganisations.actions import ask_to_undo, plan
from services.assignments.reorganisations.applying import apply
from services.assignments.reorganisations.schemas import REFORM as NAME
from services.assignments.reorganisations.schemas import REFORM_BASIS
from services.assignments.reorganisations.undoing import undo
from services.assignments.units.importer import import_units
from services.assignments.units.rules import TWO_TIERS_SINCE
from services.visits.handlers import HANDLERS as VISITS
from services.visits.reorganisations.queries import counts
from shared.database import make_engine, make_sessions, run_migrations
from shared.messaging import outbox
from shared.messaging.consumer import Consumer

BATCH = 200
LEVELS = ("province", "district", "commune")

# A follower for three communes, an overseer a district, two leaders a province; two hamlets a commune, every other
# followed; a cluster a district, with an overseer.
_PEOPLE = (
    """CREATE TEMPORARY TABLE held ON COMMIT DROP AS
    SELECT units.*, row_number() OVER (PARTITION BY level ORDER BY path) AS n FROM units WHERE valid_to IS NULL""",
    """INSERT INTO officials (id, full_name, given_name, folded, sort_key, unit_id, language, active, version,
        email)
    SELECT uuidv7(), 'Nguyễn Văn ' || code, code, code, code, id, 'vi', true, 1, code || '@example.vn' FROM held""",
    """INSERT INTO hamlets (id, unit_id, name, folded, valid_from, version)
    SELECT uuidv7(), id, 'Ấp ' || each, 'ap ' || each, date '2020-01-01', 1
    FROM held CROSS JOIN generate_series(1, 2) AS each WHERE level = 'commune'""",
    """INSERT INTO clusters (id, district_id, name, valid_from, version)
    SELECT uuidv7(), id, 'Tiểu vùng 1', date '2020-01-01', 1 FROM held
    WHERE level = 'district' AND EXISTS (SELECT 1 FROM units WHERE parent_id = held.id)""",
    """INSERT INTO cluster_communes (id, cluster_id, commune_id, valid_from)
    SELECT uuidv7(), clusters.id, held.id, date '2020-01-01'
    FROM clusters JOIN held ON held.parent_id = clusters.district_id""",
    """INSERT INTO assignments (id, official_id, post_code, unit_id, cluster_id, hamlet_id, territory_id,
        legal_basis, valid_from, version)
    SELECT uuidv7(), officials.id, post, unit, cluster, hamlet, territory, 'Quyết định 182', date '2020-01-01', 1
    FROM (
        SELECT 'commune_follower' AS post, id AS unit, CAST(NULL AS uuid) AS cluster, CAST(NULL AS uuid) AS hamlet,
            id AS territory, first_value(id) OVER (PARTITION BY n / 3 ORDER BY n) AS home
        FROM held WHERE level = 'commune'
        UNION ALL SELECT 'district_overseer', id, NULL, NULL, id, id FROM held WHERE level = 'district'
        UNION ALL SELECT 'provincial_leader', id, NULL, NULL, id, id FROM held WHERE level = 'province'
        UNION ALL SELECT 'cluster_overseer', NULL, id, NULL, district_id, district_id FROM clusters
        UNION ALL SELECT 'hamlet_follower', NULL, NULL, hamlets.id, unit_id, unit_id FROM hamlets
        WHERE hamlets.name = 'Ấp 1'
    ) AS posts JOIN officials ON officials.unit_id = home""",
)
# Of each commune three open issues (one names a hamlet) and a closed one, a visit, a piece of feedback, a question.
_WORK = (
    """CREATE TEMPORARY TABLE place ON COMMIT DROP AS
    SELECT units.id AS unit_id, code AS unit_code, path AS unit_path, units.name AS unit_name,
        CAST(min(CAST(hamlets.id AS text)) AS uuid) AS hamlet_id
    FROM units JOIN hamlets ON hamlets.unit_id = units.id WHERE level = 'commune' GROUP BY units.id""",
    """INSERT INTO issues (id, code, version, state, step, kind, category, severity, title, description, unit_id,
        unit_code, unit_path, unit_name, hamlet_id, hamlet_name, reported_at, created_by, search)
    SELECT uuidv7(), unit_code || '-' || n, 1, CASE n WHEN 1 THEN 'verified' ELSE 'reported' END, 0, 'pressing',
        'water', 'normal', 'Mất nước', 'Ba ngày.', unit_id, unit_code, unit_path, unit_name,
        CASE n WHEN 2 THEN hamlet_id END, CASE n WHEN 2 THEN 'Ấp' END, now(), 'bench', ''
    FROM place CROSS JOIN generate_series(1, 4) AS n""",
    """INSERT INTO visits (id, version, sequence, state, purpose, subject, unit_id, unit_code, unit_path, unit_name,
        official_id, starts_at, ends_at, created_at, created_by, changed_at, attendance)
    SELECT uuidv7(), 1, 0, 'planned', 'inspection', 'Xem cống', unit_id, unit_code, unit_path, unit_name, unit_id,
        now() + interval '1 day', now() + interval '1 day 1 hour', now(), 'bench', now(), '[]' FROM place""",
    """INSERT INTO feedback (id, version, state, unit_id, unit_code, unit_path, unit_name, official_id,
        official_name, form, text, follow_on, restricted, readers, flags, given_at, created_by)
    SELECT uuidv7(), 1, 'given', unit_id, unit_code, unit_path, unit_name, unit_id, 'Nguyễn Văn An', 'formal',
        'Cống số 2 chưa sửa xong.', current_date, false, '[]', '[]', now(), 'bench' FROM place""",
    """INSERT INTO information_requests (id, version, state, unit_id, unit_code, unit_path, unit_name, question,
        asked_at, asked_by, due_on, files)
    SELECT uuidv7(), 1, 'open', unit_id, unit_code, unit_path, unit_name, 'Bao nhiêu hộ?', now(), 'bench',
        current_date, '[]' FROM place""",
)
_LEFT_BEHIND = " UNION ALL ".join(
    f"SELECT count(*) FROM {table} JOIN units ON units.id = {table}.unit_id "
    f"WHERE units.valid_to IS NOT NULL AND state IN ('reported', 'planned', 'given', 'open')"
    for table in ("issues", "visits", "feedback", "information_requests")
)
_STATE = {
    "assignments": (
        "SELECT id, valid_to, succeeded_by FROM units WHERE valid_to IS DISTINCT FROM valid_from",
        "SELECT id, valid_to, succeeded_by FROM hamlets WHERE valid_to IS DISTINCT FROM valid_from",
        "SELECT id, place_id, valid_to FROM assignments WHERE valid_to IS DISTINCT FROM valid_from",
        "SELECT id, commune_id, valid_to FROM cluster_communes",
        "SELECT id, unit_id FROM officials",
    ),
    "visits": tuple(
        f"SELECT id, unit_id, unit_path, unit_name FROM {table}"
        for table in ("issues", "visits", "feedback", "information_requests")
    ),
}


def measure(bench: Bench) -> dict[str, Any]:
    """Seconds for the whole reform, beside those for importing the units it starts from."""
    with bench.system.quiet():
        country = Country(bench)
        runs = [country.reform(bench.say) for _ in range(bench.repeats)]
    return {REFORM.name: summary(REFORM, runs)}


class Country:
    """The databases of the two services on the eve, and what carries events between them."""

    def __init__(self, bench: Bench) -> None:
        self.sessions: dict[str, sessionmaker[Session]] = {}
        for service in ("assignments", "visits"):
            name = f"reform_{service}"
            bench.postgres.create_databases([name])
            run_migrations(service, bench.postgres.url(name))
            engine = make_engine(bench.postgres.url(name), application_name="bench", pool_size=2)
            self.sessions[service] = make_sessions(engine)
        self._consumers = {
            name: Consumer(self.sessions[name], handlers)
            for name, handlers in (("assignments", ASSIGNMENTS), ("visits", VISITS))
        }
        began = time.perf_counter()
        with self.sessions["assignments"].begin() as session:
            import_units(session, UNITS)
        self.import_seconds = time.perf_counter() - began
        self._fill("assignments", _PEOPLE)
        with self.sessions["assignments"].begin() as session:
            session.execute(text("DELETE FROM outbox"))
            from services.assignments.republish import republish

            republish(session)
        self.deliver()
        self._fill("visits", _WORK)

    def reform(self, say: Callable[[str], None]) -> Run:
        """All of it once, and undone; raises NotMeasured when something is not as it must be."""
        before = self._state()
        with self.sessions["assignments"].begin() as session:
            session.execute(text("DELETE FROM outbox"))  # what was delivered
        steps: dict[str, float] = {}
        plan_id = self._timed(steps, "plan", self._plan)
        self._timed(steps, "apply", lambda: self._do(plan_id, apply))
        self._timed(steps, "follow", self.deliver)
        with self.sessions["visits"]() as session:
            left, moved = sum(session.scalars(text(_LEFT_BEHIND))), counts(session, plan_id)
        if left or not moved:
            raise NotMeasured(f"{left} open records stayed on units that have ended; {moved} moved.")
        with self.sessions["assignments"].begin() as session:
            ask_to_undo(session, queries.one(session, plan_id, WRITER, lock=True), WRITER, "thử")
        self.deliver()
        self._timed(steps, "undo", lambda: self._undo(plan_id))
        if self._state() != before:
            raise NotMeasured("Undone, it is not as before.")
        say(f"reform: moved {moved}; " + ", ".join(f"{name} {took:.1f} s" for name, took in steps.items()))
        return Run(steps["plan"] + steps["apply"] + steps["follow"], self.import_seconds)

    def _undo(self, plan_id: Any) -> None:
        self._do(plan_id, undo)
        self.deliver()

    def deliver(self) -> None:
        """Until both services are quiet; notifications is not here, so what is meant for it counts as heard."""
        wanted = text(
            "SELECT id, CAST(body AS text) AS body, waiting_for FROM outbox WHERE waiting_for && :names "
            "ORDER BY seq LIMIT 200"
        )
        names, quiet = list(self.sessions), False
        while not quiet:
            quiet = True
            for producer, sessions in self.sessions.items():
                with sessions() as session:
                    rows = session.execute(wanted, {"names": names}).all()
                for subscriber in names:
                    bodies = [row.body for row in rows if subscriber in row.waiting_for]
                    if bodies:
                        quiet = False
                        outcome = self._consumers[subscriber].handle(bodies)
                        with sessions.begin() as session:
                            outbox.confirm(session, subscriber, outcome.receipts[producer])

    def _plan(self) -> Any:
        with self.sessions["assignments"].begin() as session:
            made = plan(
                session,
                WRITER,
                name=NAME,
                legal_basis=REFORM_BASIS,
                effective_on=TWO_TIERS_SINCE,
                units=files.given_or_own(None, files.UNITS),
                successors=files.given_or_own(None, files.SUCCESSORS),
            )
            session.flush()
            report = queries.report(session, made)
        lists = tuple("/".join(str(report[key].get(each, 0)) for each in LEVELS) for key in ("ending", "beginning"))
        named = (len(report["unmapped"]), len(report["without_predecessor"]))
        if (lists, named) != (("63/696/10035", "34/0/3321"), (2, 5)):
            raise NotMeasured(f"The dry run says {lists}, {named}.")
        return made.id

    def _do(self, plan_id: Any, verb: Callable[..., Any]) -> None:
        with self.sessions["assignments"].begin() as session:
            verb(session, queries.one(session, plan_id, WRITER, lock=True), WRITER)

    def _fill(self, service: str, statements: tuple[str, ...]) -> None:
        with self.sessions[service].begin() as session:
            for statement in statements:
                session.execute(text(statement))

    def _state(self) -> list[Any]:
        found = []
        for service, statements in _STATE.items():
            with self.sessions[service]() as session:
                found += [set(session.execute(text(each)).all()) for each in statements]
        return found

    @staticmethod
    def _timed(steps: dict[str, float], name: str, what: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        done = what()
        steps[name] = time.perf_counter() - began
        return done
