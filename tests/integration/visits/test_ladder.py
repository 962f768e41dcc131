"""The ladder over the API: an issue climbs when nobody answers, step by step, and stops when somebody does."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.ladder import sweep
from shared import clock
from tests.integration.visits.conftest import Api, Places, Standing, deliver
from tests.integration.visits.waiting import (
    SOURCE,
    acknowledge_at,
    escalate_at,
    escalations,
    events,
    reminders,
    report_at,
    set_steps,
    standing_of,
    strike,
    timers,
)
from tests.support import facts
from tests.support.slow_time import local

MONDAY = local(2026, 3, 9, 8)
HOUR = timedelta(hours=1)
STEP = {
    "name_vi": "Trung ương",
    "name_en": "Central",
    "source": SOURCE,
    "climb_after": 8,
    "follow_after": None,
    "times_source": SOURCE,
}


@pytest.fixture
def ladder(api: Api, places: Places) -> Api:
    """Three steps that wait two, three and two working hours."""
    set_steps(api, 2, 3, 2)
    return api


def test_an_issue_climbs_step_by_step_until_the_last(ladder: Api, visits_db: sessionmaker[Session]) -> None:
    """Each climb is an escalation with its reason, its line and its event."""
    issue = report_at(ladder, MONDAY)
    escalate_at(ladder, issue, MONDAY)
    strike(visits_db, local(2026, 3, 9, 9, 59))
    assert standing_of(ladder, issue) == ("escalated", 1)
    strike(visits_db, local(2026, 3, 9, 10))
    assert standing_of(ladder, issue) == ("escalated", 2)
    strike(visits_db, local(2026, 3, 9, 14, 59))
    assert standing_of(ladder, issue) == ("escalated", 2)
    strike(visits_db, local(2026, 3, 9, 15))
    strike(visits_db, local(2026, 4, 9, 15))
    assert standing_of(ladder, issue) == ("escalated", 3)
    assert escalations(ladder, issue) == [(1, "tester"), (2, "system"), (3, "system")]
    assert [each["step"] for each in events(visits_db)] == [1, 2, 3]
    lines = ladder.get(f"/issues/{issue['id']}/timeline").json["items"]
    climbed = [each for each in lines if each["kind"] == "escalated"]
    assert [each["actor"]["kind"] for each in climbed] == ["client", "system", "system"]
    assert "cấp 1 không xác nhận trong thời hạn (đến 10:00 ngày 09/03/2026)" in climbed[1]["text"]["vi"]


def test_an_acknowledgement_stops_it_and_silence_starts_it_again(
    ladder: Api, visits_db: sessionmaker[Session]
) -> None:
    """Seen, and nothing followed in the time set: the next step is told."""
    issue = report_at(ladder, MONDAY)
    escalation = escalate_at(ladder, issue, MONDAY)
    acknowledge_at(visits_db, escalation, MONDAY + HOUR)
    strike(visits_db, local(2026, 3, 9, 10))
    assert standing_of(ladder, issue) == ("acknowledged", 1)
    assert timers(ladder, issue)["step"]["outcome"] == "met"
    assert timers(ladder, issue)["first_response"]["outcome"] == "met"
    strike(visits_db, local(2026, 3, 9, 11))
    assert standing_of(ladder, issue) == ("escalated", 2)
    assert "đã xác nhận nhưng chưa có việc gì tiếp theo" in events(visits_db)[-1]["issue"]["reason"]


def test_at_the_last_step_those_told_are_reminded(ladder: Api, visits_db: sessionmaker[Session]) -> None:
    """Once each time the wait is over, once a day at the most."""
    issue = report_at(ladder, MONDAY)
    escalation = escalate_at(ladder, issue, MONDAY, step=3)
    told = {"escalation_id": escalation["id"], "step": 3, "recipients": [facts.recipient()]}
    deliver(visits_db, facts.routed(**told))
    for at in (local(2026, 3, 9, 10), local(2026, 3, 9, 10, 1), local(2026, 3, 9, 15), local(2026, 3, 10, 9)):
        strike(visits_db, at)
    asked = [each for each in reminders(visits_db) if each == ("deadline_step_missed", issue["id"])]
    assert len(asked) == 2
    assert standing_of(ladder, issue) == ("escalated", 3)


def test_a_step_without_a_time_waits_for_ever(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """If its row says so."""
    set_steps(api, None, 2)
    issue = report_at(api, MONDAY)
    escalate_at(api, issue, MONDAY)
    strike(visits_db, local(2026, 6, 9, 8))
    assert standing_of(api, issue) == ("escalated", 1)
    assert "step" not in timers(api, issue)


def test_a_manual_escalation_starts_the_wait_anew(ladder: Api, visits_db: sessionmaker[Session]) -> None:
    """At any time, also after an acknowledgement."""
    issue = report_at(ladder, MONDAY)
    escalation = escalate_at(ladder, issue, MONDAY)
    acknowledge_at(visits_db, escalation, MONDAY + HOUR)
    escalate_at(ladder, issue, MONDAY + 2 * HOUR)
    strike(visits_db, local(2026, 3, 9, 14, 59))
    assert standing_of(ladder, issue) == ("escalated", 2)
    strike(visits_db, local(2026, 3, 9, 15))
    assert standing_of(ladder, issue) == ("escalated", 3)


def test_across_tet_nothing_climbs(ladder: Api, visits_db: sessionmaker[Session]) -> None:
    """Two working hours from the last afternoon at four end on the first morning after the holidays."""
    issue = report_at(ladder, local(2026, 2, 13, 16))
    escalate_at(ladder, issue, local(2026, 2, 13, 16))
    for day in range(14, 23):
        strike(visits_db, local(2026, 2, day, 12))
    strike(visits_db, local(2026, 2, 23, 8, 29))
    assert standing_of(ladder, issue) == ("escalated", 1)
    strike(visits_db, local(2026, 2, 23, 8, 30))
    assert standing_of(ladder, issue) == ("escalated", 2)


def test_two_clocks_carry_an_issue_higher_once(ladder: Api, visits_db: sessionmaker[Session]) -> None:
    """A second one, for failover, passes over what the first one has in hand."""
    issues = [report_at(ladder, MONDAY) for _ in range(40)]
    for issue in issues:
        escalate_at(ladder, issue, MONDAY)
    barrier = Barrier(3)

    def work() -> None:
        barrier.wait()
        for _ in range(5):
            sweep.climb(visits_db)

    with clock.frozen(local(2026, 3, 9, 10)):
        threads = [Thread(target=work) for _ in range(3)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert [escalations(ladder, issue) for issue in issues] == [[(1, "tester"), (2, "system")]] * 40


def test_a_clock_that_dies_on_the_way_loses_and_repeats_nothing(
    ladder: Api, visits_db: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had in hand is as it was, and is worked off by the next one."""
    issue = report_at(ladder, MONDAY)
    escalate_at(ladder, issue, MONDAY)

    def die(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr("services.visits.escalations.carrying.record_many", die)
        with pytest.raises(SystemExit):
            strike(visits_db, local(2026, 3, 9, 10))
    assert standing_of(ladder, issue) == ("escalated", 1)
    strike(visits_db, local(2026, 3, 9, 10))
    assert standing_of(ladder, issue) == ("escalated", 2)


def test_steps_are_read_with_their_sources_and_set_by_who_may_configure(standing: Standing) -> None:
    """No time without a source."""
    steps = standing.api.get("/escalation-steps").json["items"]
    assert [each["step"] for each in steps] == [1, 2]
    assert all(each["times_source"] and each["climb_after"] == 8 for each in steps)
    reader = standing.api.with_token(scopes=["visits:read", "visits:write", "visits:escalate"])
    assert reader.put("/escalation-steps/1", STEP).status_code == 403
    assert standing.api.put("/escalation-steps/0", STEP).status_code == 404
    assert standing.api.put("/escalation-steps/4", STEP).status_code == 409
    assert standing.api.put("/escalation-steps/2", STEP | {"climb_after": 0}).status_code == 422


def test_the_sweep_reads_an_index_that_holds_what_waits(ladder: Api, visits_db: sessionmaker[Session]) -> None:
    """Each claim goes by an index of its own, never by the table."""
    from services.visits.deadlines.model import TO_CLIMB, TO_NOTE, TO_WARN

    with visits_db() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        for name, column, condition in (
            ("climb", "due_at", TO_CLIMB),
            ("note", "due_at", TO_NOTE),
            ("warn", "warn_at", TO_WARN),
        ):
            claim = f"SELECT * FROM timers WHERE {condition} AND {column} <= now() ORDER BY {column} LIMIT 100"
            plan = "\n".join(session.execute(text(f"EXPLAIN {claim}")).scalars())
            assert f"Index Scan using ix_timers_{name}" in plan, plan
            assert "Sort" not in plan, plan
