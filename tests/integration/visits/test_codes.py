"""Codes of issues: no gap, no repeat, whatever runs at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.issues.actions import report as act
from services.visits.issues.rules import human_code
from shared import clock
from shared.web.auth import Principal
from tests.integration.visits.conftest import Places, report

WHO = Principal("tester", frozenset(), ("",))


class Abandoned(Exception):
    """What a request that fails after its report looks like."""


def _report(sessions: sessionmaker[Session], *, fail: bool = False, **changes: str) -> str | None:
    try:
        with sessions.begin() as session:
            code = act(session, report(**changes), WHO).code
            if fail:
                raise Abandoned
            return code
    except Abandoned:
        return None


def test_numbers_have_no_gap_under_concurrency_and_rollbacks(
    visits_db: sessionmaker[Session], places: Places
) -> None:
    """Eight threads, a third of the transactions rolled back: the committed codes are 1 to n."""
    chance = random.Random(1)
    fails = [chance.random() < 0.33 for _ in range(240)]
    with ThreadPoolExecutor(8) as threads:
        codes = [code for code in threads.map(lambda fail: _report(visits_db, fail=fail), fails) if code]
    year = clock.today().year
    assert sorted(codes) == [human_code("BT", year, number) for number in range(1, fails.count(False) + 1)]


def test_each_province_and_local_year_counts_for_itself(visits_db: sessionmaker[Session], places: Places) -> None:
    """The year turns at midnight in Việt Nam, seven hours before it does in UTC."""
    codes = []
    for instant in (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):
        with clock.frozen(instant):
            codes += [_report(visits_db), _report(visits_db, unit="28993")]
    assert codes == ["BT-2026-000001", "BT-2026-000002", "BT-2027-000001", "BT-2027-000002"]


def test_the_database_writes_codes_as_the_rule_says(visits_db: sessionmaker[Session], places: Places) -> None:
    """Also past the last number of six digits."""
    codes = []
    for last in (122, 999_998, 999_999):
        with visits_db.begin() as session:
            session.execute(text("DELETE FROM issue_counters"))
            row = {"year": clock.today().year, "last": last}
            session.execute(text("INSERT INTO issue_counters VALUES ('BT', :year, :last)"), row)
        codes.append(_report(visits_db))
    year = clock.today().year
    assert codes == [human_code("BT", year, number) for number in (123, 999_999, 1_000_000)]
