"""Escalating: steps, refusals, and one transaction for all of it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.escalations import actions, carrying
from services.visits.escalations.schemas import EscalationOutput
from shared.contracts.routes import SCHEMAS
from shared.contracts.visits import ISSUE_ESCALATED
from shared.messaging.events import read
from shared.web.auth import Principal
from tests.integration.visits.conftest import BINH_PHU, Api, Places, Standing

WHO = Principal("tester", frozenset(), ("",))


def events(sessions: sessionmaker[Session]) -> list[Any]:
    """What stands in the outbox."""
    with sessions() as session:
        rows = session.execute(text("SELECT CAST(body AS text) FROM outbox ORDER BY seq")).scalars()
        return [read(row) for row in rows]


def state_of(sessions: sessionmaker[Session]) -> tuple[Any, ...]:
    """Issue, escalations, lines and events, to compare."""
    with sessions() as session:
        issue = session.execute(text("SELECT state, step, version FROM issues")).one()
        counts = [
            session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("escalations", "timeline", "outbox")
        ]
    return (*issue, *counts)


def test_escalating_writes_issue_escalation_line_and_event(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The event says what people need to know, and not who reported."""
    issue = api.report(reporter={"name": "Bà Tư", "contact": "1022"}, hamlet=str(places.hamlet))
    escalation = api.escalate(issue, reason="Độ mặn vượt 4‰")
    assert state_of(visits_db) == ("escalated", 1, 2, 1, 2, 1)
    [event] = events(visits_db)
    assert (event.type, event.subject, event.version) == (ISSUE_ESCALATED, issue["id"], 2)
    assert event.data | {"issue": None} == {
        "escalation_id": SCHEMAS[ISSUE_ESCALATED].fields["escalation_id"].deserialize(escalation["id"]),
        "step": 1,
        "unit_id": places.units[BINH_PHU],
        "hamlet_id": places.hamlet,
        "at": SCHEMAS[ISSUE_ESCALATED].fields["at"].deserialize(escalation["at"]),
        "issue": None,
    }
    told = event.data["issue"]
    assert (told["code"], told["reason"], told["escalated_by"]) == (issue["code"], "Độ mặn vượt 4‰", "tester")
    assert told["unit_name"] == "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre"
    assert "Bà Tư" not in event.body and "1022" not in event.body


def test_an_escalation_is_answered_before_anybody_is_found(api: Api, places: Places) -> None:
    """201 as its schema says, with nobody told yet; it is then listed under the issue."""
    issue = api.report()
    escalation = api.escalate(issue)
    assert (escalation["step"], escalation["routed_at"], escalation["recipients"]) == (1, None, [])
    assert EscalationOutput().validate(escalation) == {}
    assert api.get(f"/issues/{issue['code']}/escalations").json == {"items": [escalation], "next_cursor": None}


def test_the_issue_can_be_named_by_its_code(api: Api, places: Places) -> None:
    """As everywhere."""
    issue = api.report()
    assert api.post(f"/issues/{issue['code']}/escalations", {"reason": "Cần xử lý"}).status_code == 201


def test_each_escalation_goes_a_step_higher_until_the_last(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """After the last step it is a conflict, and nothing changes."""
    issue = api.report()
    assert [api.escalate(issue)["step"], api.escalate(issue)["step"]] == [1, 2]
    before = state_of(visits_db)
    answer = api.post(f"/issues/{issue['id']}/escalations", {"reason": "Lần nữa"})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert state_of(visits_db) == before


def test_how_many_steps_there_are_is_data(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """One row more, one step more."""
    with visits_db.begin() as session:
        third = "(3, 'Trung ương', 'Central', 'thử nghiệm', 8, 24, 'working_hours', 'thử nghiệm')"
        session.execute(text(f"INSERT INTO escalation_steps VALUES {third}"))
    assert api.escalate(api.report(), step=3)["step"] == 3


@pytest.fixture(scope="module")
def escalated(standing: Standing) -> str:
    """The id of an issue at the first step."""
    issue = standing.api.report()
    standing.api.escalate(issue)
    return str(issue["id"])


@pytest.mark.parametrize(
    ("body", "field", "status"),
    [
        ({}, "reason", 422),
        ({"reason": "ngắn"}, "reason", 422),
        ({"reason": "  x  "}, "reason", 422),
        ({"reason": "x" * 2001}, "reason", 422),
        ({"reason": 12345}, "reason", 422),
        ({"reason": "nul \x00 trong lời"}, "reason", 422),
        ({"reason": "Cần xử lý", "step": 0}, "step", 422),
        ({"reason": "Cần xử lý", "step": 3}, "step", 422),
        ({"reason": "Cần xử lý", "step": "1"}, "step", 422),
        ({"reason": "Cần xử lý", "step": 1.5}, "step", 422),
        ({"reason": "Cần xử lý", "step": 1}, "step", 409),
        ({"reason": "Cần xử lý", "at": "2026-01-01"}, "at", 422),
    ],
)
def test_a_bad_escalation_names_its_field_and_changes_nothing(
    standing: Standing, escalated: str, body: dict[str, Any], field: str, status: int
) -> None:
    """Also a step that was already taken."""
    before = state_of(standing.sessions)
    answer = standing.api.post(f"/issues/{escalated}/escalations", body)
    assert (answer.status_code, set(answer.json["errors"])) == (status, {field})
    assert state_of(standing.sessions) == before


def test_escalating_needs_its_own_scope(api: Api, places: Places) -> None:
    """Whoever may report may not by that alone call the province."""
    issue = api.report()
    writer = api.with_token(scopes=["visits:read", "visits:write"])
    assert writer.post(f"/issues/{issue['id']}/escalations", {"reason": "Cần xử lý"}).status_code == 403


@pytest.mark.parametrize("broken", ["record_many", "facts_of"])
def test_a_failure_on_the_way_leaves_nothing_behind(
    api: Api, places: Places, visits_db: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Issue, escalation, line and event are one commit: without the event there is none of them."""
    issue = api.report()
    before = state_of(visits_db)

    def fail(*_: Any) -> None:
        raise RuntimeError("on the way")

    monkeypatch.setattr(carrying, broken, fail)
    with pytest.raises(RuntimeError), visits_db.begin() as session:
        actions.escalate(session, issue["id"], WHO, reason="Cần xử lý ngay")
    assert state_of(visits_db) == before
