"""`scale_p99`: the ten main queries, among a million issues and ten million notifications and among a tenth."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.bench import Bench
from benchmarks.figures import SCALE, Run, percentile, summary
from benchmarks.filling import fill_notifications, fill_visits
from services.notifications.finding.rules import Wanted
from services.notifications.log import queries as log
from services.notifications.notifications import queries as notifications
from services.visits.issues import queries as issues
from services.visits.timeline import queries as timeline
from shared.contracts.scopes import SCOPES
from shared.database import make_engine, make_sessions, run_migrations
from shared.web.auth import Principal

FEW, MANY = 100_000, 1_000_000  # issues; of notifications ten times as many
ASKED = 200  # times each query is asked in a run
PAGE = 50

Query = Callable[["Pool"], Any]
P = TypeVar("P")


@dataclass(frozen=True)
class Names:
    """What a pool holds to ask for."""

    issues: list[UUID]
    communes: list[str]  # paths
    officials: list[UUID]
    notices: list[UUID]


class Pool:
    """The databases of visits and notifications with that many issues."""

    def __init__(self, visits_url: str, notifications_url: str, count: int) -> None:
        self.engines: list[Engine] = []
        self.visits = self._open("visits", visits_url)
        self.notifications = self._open("notifications", notifications_url)
        fill_visits(self.engines[0], count)
        fill_notifications(self.engines[1], count)
        self._random = random.Random(count)
        self.names = self._names()

    def _open(self, service: str, url: str) -> sessionmaker[Session]:
        run_migrations(service, url)
        self.engines.append(make_engine(url, application_name="bench", pool_size=1))
        return make_sessions(self.engines[-1])

    def _names(self) -> Names:
        mixed = "FROM {0} TABLESAMPLE BERNOULLI (1) ORDER BY md5(CAST({1} AS text)) LIMIT 500"

        def some(sessions: sessionmaker[Session], table: str, column: str) -> list[Any]:
            with sessions() as session:
                return list(session.scalars(text(f"SELECT {column} {mixed.format(table, column)}")))

        return Names(
            issues=some(self.visits, "issues", "id"),
            communes=some(self.visits, "issues", "unit_path"),
            officials=some(self.notifications, "notifications", "official_id"),
            notices=some(self.notifications, "notifications", "notice_id"),
        )

    def one(self, names: list[Any]) -> Any:
        """One of them by chance."""
        return self._random.choice(names)

    def page(self, place: str = "", **filters: Any) -> dict[str, Any]:
        """A page of issues, by a client whose territory is the place."""
        with self.visits() as session:
            return issues.page(session, {"limit": PAGE, "cursor": None} | filters, asking(place))


def asking(place: str = "") -> Principal:
    """A client with this territory."""
    return Principal("bench", frozenset(SCOPES), (place,))


def _detail(pool: Pool) -> Any:
    with pool.visits() as session:
        return issues.detail(session, str(pool.one(pool.names.issues)), asking())


def _timeline(pool: Pool) -> Any:
    with pool.visits() as session:
        return timeline.page_of_issue(session, pool.one(pool.names.issues), limit=PAGE, cursor=None)


def _second_page(pool: Pool) -> Any:
    district = pool.one(pool.names.communes)[:7]
    return pool.page(district, cursor=pool.page(district)["next_cursor"])


def _inbox(pool: Pool) -> Any:
    official = pool.one(pool.names.officials)
    with pool.notifications() as session:
        return notifications.inbox(
            session, asking(), official=official, unacknowledged=True, limit=PAGE, cursor=None
        )


def _told(pool: Pool) -> Any:
    with pool.notifications() as session:
        wanted = Wanted(escalation=pool.one(pool.names.notices))
        return log.listing(session, asking(), wanted, limit=PAGE, cursor=None)


def _pending(pool: Pool) -> Any:
    with pool.notifications() as session:
        return log.listing(session, asking("83/"), Wanted(state="pending"), limit=PAGE, cursor=None)


# What people and portals ask all day. The word is one that every hundredth issue has.
QUERIES: dict[str, Query] = {
    "an issue": _detail,
    "its timeline": _timeline,
    "the newest of the province": lambda pool: pool.page("83/"),
    "the newest of a commune": lambda pool: pool.page(pool.one(pool.names.communes)),
    "a district's second page": _second_page,
    "escalated ones of a district": lambda pool: pool.page(pool.one(pool.names.communes)[:7], state="escalated"),
    "a search in the province": lambda pool: pool.page("83/", q="cong ngan man"),
    "an inbox": _inbox,
    "who was told of an escalation": _told,
    "mail that waits": _pending,
}


def measure(bench: Bench) -> dict[str, object]:
    """Milliseconds in which 99 of 100 questions are answered, the ten queries taken together."""
    with bench.system.quiet():
        few, many = _pool(bench, FEW), _pool(bench, MANY)
        runs = [_run(few, many, bench.say if number == 0 else lambda _: None) for number in range(bench.repeats)]
    return {SCALE.name: summary(SCALE, runs)}


def _pool(bench: Bench, count: int) -> Pool:
    names = [f"scale_{service}_{count}" for service in ("visits", "notifications")]
    bench.say(f"scale: filling {count:,} issues and {count * 10:,} notifications")
    bench.postgres.create_databases(names)
    visits_url, notifications_url = (bench.postgres.url(name) for name in names)
    return Pool(visits_url, notifications_url, count)


def _run(few: Pool, many: Pool, say: Callable[[str], None]) -> Run:
    all_of: dict[Pool, list[float]] = {few: [], many: []}
    for name, query in QUERIES.items():
        took = ask(query, few, many)
        ends = {pool: percentile(took[pool], 0.99) for pool in took}
        say(f"scale: {name}: {ends[few]:.2f} and {ends[many]:.2f} ms, {ends[many] / ends[few]:.2f}")
        for pool, times in took.items():
            all_of[pool] += times
    return Run(percentile(all_of[many], 0.99), percentile(all_of[few], 0.99))


def ask(query: Callable[[P], Any], few: P, many: P, times: int = ASKED) -> dict[P, list[float]]:
    """Milliseconds of each answer, the pools in turn, after a few that nobody counts."""
    took: dict[P, list[float]] = {few: [], many: []}
    for number in range(-10, times):
        for pool in (few, many):
            began = time.perf_counter()
            query(pool)
            if number >= 0:
                took[pool].append((time.perf_counter() - began) * 1000)
    return took
