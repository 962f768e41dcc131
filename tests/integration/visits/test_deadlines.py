"""Deadlines of issues over the API: policies, warnings, breaches, pauses."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from services.visits.deadlines import actions
from tests.integration.visits.conftest import BINH_PHU, MY_THANH, Api, Places, Standing, deliver
from tests.integration.visits.waiting import (
    escalations,
    reminders,
    report_at,
    standing_of,
    strike,
    timers,
)
from tests.support import facts
from tests.support.slow_time import local

MONDAY = local(2026, 3, 9, 8)
HOUR = timedelta(hours=1)
POLICY = {
    "target": "acceptance",
    "category": "water",
    "amount": 2,
    "measure": "working_hours",
    "source": "Quyết định thử nghiệm",
}


def due(api: Api, issue: dict[str, Any], target: str) -> datetime:
    """When a target is due."""
    return datetime.fromisoformat(timers(api, issue)[target]["due_at"])


def change(sessions: sessionmaker[Session], what: Any, issue: dict[str, Any], *args: Any) -> None:
    """Do something to the timers of an issue."""
    with sessions.begin() as session:
        what(session, UUID(issue["id"]), *args)


@pytest.fixture
def followed(places: Places, visits_db: sessionmaker[Session]) -> None:
    """Somebody follows each of two communes."""
    deliver(visits_db, *(facts.assignment_changed(unit_path=path) for path in (BINH_PHU, MY_THANH)))


def test_an_issue_has_the_deadlines_of_its_policies(api: Api, places: Places) -> None:
    """Of each target the most specific one: a critical issue has its own."""
    ordinary = report_at(api, MONDAY, severity="normal")
    urgent = report_at(api, MONDAY)
    assert {name: each["policy"] for name, each in timers(api, ordinary).items()} == {
        "first_response": "first_response",
        "acceptance": "acceptance",
        "resolution": "resolution",
    }
    assert timers(api, urgent)["acceptance"]["policy"] == "acceptance_urgent"
    assert due(api, ordinary, "acceptance") == local(2026, 3, 10, 8, 30)
    assert due(api, urgent, "acceptance") == local(2026, 3, 9, 14)
    assert due(api, ordinary, "resolution") == local(2026, 4, 6, 17)


def test_a_policy_holds_for_issues_reported_from_then_on(api: Api, places: Places) -> None:
    """Those reported before keep their deadlines; a policy that is not active does not count."""
    before = report_at(api, MONDAY, category="water", severity="normal")
    assert api.put("/sla-policies/water", POLICY).status_code == 200
    after = report_at(api, MONDAY, category="water", severity="normal")
    assert (due(api, before, "acceptance"), due(api, after, "acceptance")) == (
        local(2026, 3, 10, 8, 30),
        local(2026, 3, 9, 10),
    )
    assert api.put("/sla-policies/water", POLICY | {"active": False}).json["active"] is False
    again = report_at(api, MONDAY, category="water", severity="normal")
    assert timers(api, again)["acceptance"]["policy"] == "acceptance"


def test_each_policy_says_where_it_comes_from(standing: Standing) -> None:
    """No number without a source."""
    policies = standing.api.get("/sla-policies").json["items"]
    assert len(policies) == 7
    assert all(each["source"] for each in policies)


@pytest.mark.parametrize(
    ("change_", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": "2"}, "amount"),
        ({"measure": "weeks"}, "measure"),
        ({"target": "step"}, "target"),
        ({"kind": "complaint"}, "kind"),
        ({"severity": "worst"}, "severity"),
        ({"category": "unknown"}, "category"),
        ({"source": ""}, "source"),
        ({"more": 1}, "more"),
    ],
)
def test_bad_policies_are_refused_naming_the_field(standing: Standing, change_: dict[str, Any], field: str) -> None:
    """And nothing changes."""
    answer = standing.api.put("/sla-policies/bad", POLICY | change_)
    assert answer.status_code == 422
    assert answer.json.get("field") == field or field in answer.json["errors"], answer.json
    assert "bad" not in {each["code"] for each in standing.api.get("/sla-policies").json["items"]}


def test_policies_are_set_by_who_may_configure_and_named_in_small_letters(standing: Standing) -> None:
    """Reading needs no more than reading."""
    reader = standing.api.with_token(scopes=["visits:read", "visits:write"])
    assert reader.put("/sla-policies/water", POLICY).status_code == 403
    assert standing.api.put("/sla-policies/Water", POLICY).status_code == 404


def test_deadlines_are_shown_inside_the_territory_only(standing: Standing) -> None:
    """Outside, the issue is not there."""
    issue = standing.api.report()
    outside = standing.api.with_token(at=["83/834/"])
    assert outside.get(f"/issues/{issue['id']}/deadlines").status_code == 404


def test_those_who_follow_the_place_are_warned_once(
    api: Api, places: Places, followed: None, visits_db: sessionmaker[Session]
) -> None:
    """Before it is due; nobody who follows another place; not again."""
    issue = report_at(api, MONDAY, severity="normal")
    strike(visits_db, local(2026, 3, 9, 15, 59))
    assert ("deadline_acceptance_near", issue["id"]) not in reminders(visits_db)
    strike(visits_db, local(2026, 3, 9, 16))
    strike(visits_db, local(2026, 3, 9, 16, 1))
    assert reminders(visits_db).count(("deadline_acceptance_near", issue["id"])) == 1
    assert timers(api, issue)["acceptance"]["warned_at"] is not None


def test_a_missed_response_is_told_and_a_missed_acceptance_climbs(
    api: Api, places: Places, followed: None, visits_db: sessionmaker[Session]
) -> None:
    """As the policies say: an escalation tells by itself, so nobody is told of it twice."""
    issue = report_at(api, MONDAY, severity="normal")
    strike(visits_db, local(2026, 3, 9, 14, 30))
    assert standing_of(api, issue) == ("reported", 0)
    assert ("deadline_first_response_missed", issue["id"]) in reminders(visits_db)
    strike(visits_db, local(2026, 3, 10, 8, 29))
    assert standing_of(api, issue) == ("reported", 0)
    strike(visits_db, local(2026, 3, 10, 8, 30))
    strike(visits_db, local(2026, 3, 10, 8, 31))
    assert (standing_of(api, issue), escalations(api, issue)) == (("escalated", 1), [(1, "system")])
    assert ("deadline_acceptance_missed", issue["id"]) not in reminders(visits_db)


def test_a_warning_that_comes_too_late_is_not_given(
    api: Api, places: Places, followed: None, visits_db: sessionmaker[Session]
) -> None:
    """After an outage only what was missed is told."""
    issue = report_at(api, MONDAY, severity="normal")
    strike(visits_db, local(2026, 3, 11, 8))
    assert [kind for kind, of in reminders(visits_db) if of == issue["id"]] == ["deadline_first_response_missed"]


def test_what_is_met_is_not_missed(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """And with a target those that come before it; late is late."""
    issue = report_at(api, MONDAY, severity="normal")
    change(visits_db, actions.satisfy, issue, "acceptance", MONDAY + 6.5 * HOUR)
    found = timers(api, issue)
    assert {name: each["outcome"] for name, each in found.items()} == {
        "first_response": "late",
        "acceptance": "met",
        "resolution": None,
    }
    strike(visits_db, local(2026, 3, 11, 8))
    assert standing_of(api, issue) == ("reported", 0)


def test_a_paused_clock_goes_on_with_the_time_that_was_left(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Nothing is due meanwhile, whatever comes; what was overdue before stays overdue."""
    issue = report_at(api, MONDAY, severity="normal")
    change(visits_db, actions.pause, issue, MONDAY + 7 * HOUR, "Chờ UBND xã bổ sung hồ sơ")
    paused = timers(api, issue)
    assert paused["first_response"]["paused_at"] is None
    assert paused["acceptance"]["pause_reason"] == "Chờ UBND xã bổ sung hồ sơ"
    strike(visits_db, local(2026, 3, 18, 8))
    assert standing_of(api, issue) == ("reported", 0)
    change(visits_db, actions.resume, issue, local(2026, 3, 18, 8))
    assert due(api, issue, "acceptance") == local(2026, 3, 18, 11)  # 15:00 to 17:00 and an hour the next day
    strike(visits_db, local(2026, 3, 18, 11))
    assert standing_of(api, issue) == ("escalated", 1)


def test_a_closed_issue_waits_for_nothing(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """No timer is alive; one that is opened again has a new deadline."""
    issue = report_at(api, MONDAY)
    change(visits_db, actions.stop, issue, MONDAY + HOUR)
    assert all(each["outcome"] == "stopped" for each in timers(api, issue).values())
    strike(visits_db, local(2026, 4, 9, 8))
    assert standing_of(api, issue) == ("reported", 0)


def test_a_day_set_by_hand_moves_deadlines_from_then_on(api: Api, places: Places) -> None:
    """As Tết does."""
    off = {"kind": "off", "note": "Nghỉ bù", "source": "Thông báo"}
    assert api.put("/calendar-overrides/2026-03-10", off).status_code == 200
    issue = report_at(api, MONDAY, severity="normal")
    assert due(api, issue, "acceptance") == local(2026, 3, 11, 8, 30)
    tet = report_at(api, local(2026, 2, 13, 16), severity="normal")
    assert due(api, tet, "acceptance") == local(2026, 2, 23, 16, 30)
