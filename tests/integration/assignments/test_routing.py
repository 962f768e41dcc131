"""Escalations: a batch in, a routed event for each out."""

from datetime import date
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.handlers import HANDLERS
from services.assignments.responsibility.queries import Question, load
from shared.contracts.visits import ISSUE_ESCALATED
from shared.errors import NotFound
from shared.ids import uuid7
from shared.messaging.events import Event, NewEvent, read, write
from tests.integration.assignments.conftest import Api, Desk
from tests.support.databases import statements

ISSUE = {
    "id": str(uuid7()),
    "code": "BT-2026-000001",
    "title": "Cống ngăn mặn bị hỏng",
    "kind": "pressing",
    "category": "irrigation_salinity",
    "severity": "critical",
    "description": "Nước mặn tràn vào kênh.",
    "unit_code": "28993",
    "unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "unit_path": "83/834/28993/",
    "hamlet_name": None,
    "reason": "Chưa được giải quyết",
    "escalated_at": "2026-03-02T01:30:00+00:00",
    "escalated_by": "cong-thong-tin",
}


def escalated(unit_id: str | UUID, hamlet_id: str | None = None, at: str = "2026-03-02", step: int = 1) -> Event:
    """An escalation as it arrives."""
    data = {
        "escalation_id": uuid7(),
        "step": step,
        "unit_id": unit_id,
        "hamlet_id": hamlet_id,
        "at": at,
        "issue": ISSUE,
    }
    return read(write("visits", NewEvent(ISSUE_ESCALATED, str(data["escalation_id"]), 1, data), None)[1])


def routed(session: Session) -> list[dict[str, Any]]:
    """The routed events recorded, in order."""
    rows = session.scalars(text("SELECT body::text FROM outbox WHERE type LIKE '%escalation.routed%' ORDER BY seq"))
    return [orjson.loads(row) for row in rows]


def test_an_escalation_is_routed_as_the_contract_says(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """The event names everybody responsible with the reasons, the vacancies, and passes the issue on unchanged."""
    desk.holder("commune_follower", "Nguyễn An", unit="28993")
    desk.holder("district_overseer", "Trần Bình", unit="834")
    [unit] = api.items("/units?code=28993")
    given = escalated(unit["id"])
    with sessions.begin() as session:
        HANDLERS[ISSUE_ESCALATED](session, [given])
        [body] = routed(session)
    assert body["subject"] == str(given.data["escalation_id"]) and body["correlationid"] == given.correlation_id
    data = read(orjson.dumps(body).decode()).data
    assert [each["full_name"] for each in data["recipients"]] == ["Nguyễn An", "Trần Bình"]
    assert data["recipients"][0]["reasons"] == [
        {
            "post": "commune_follower",
            "post_name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
            "post_name_en": "Provincial official following the commune",
            "place": "Xã Mỹ Thạnh",
            "legal_basis": "Quyết định 182",
            "standing_in_for": None,
            "substitute_for": None,
        }
    ]
    assert [(each["post"], each["fell_to"]) for each in data["vacancies"]] == [
        ("district_standing_body", "district_overseer")
    ]
    assert data["issue"] == given.data["issue"] and data["step"] == 1


def test_a_batch_costs_a_constant_number_of_statements(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """Two hundred escalations of different communes, days, steps and hamlets take two statements, like one."""
    communes = api.items("/units?level=commune&limit=200")
    hamlet = api.made("/hamlets", unit=communes[0]["id"], name="Ấp 1", valid_from="2020-01-01")["id"]
    for place, district in enumerate(api.items("/units?level=district")):
        desk.holder("district_overseer", f"Trần Văn {place}", unit=district["code"])
    one = [escalated(communes[0]["id"], hamlet)]
    many = [
        escalated(
            communes[n % 148]["id"],
            hamlet if n == 0 else None,
            str(date(2026, 1, 1 + n % 28)),
            1 + n % 2,
        )
        for n in range(200)
    ]
    counts = []
    for batch in (one, many):
        with sessions.begin() as session, statements(sessions) as seen:
            HANDLERS[ISSUE_ESCALATED](session, batch)
        counts.append(len(seen))
    assert counts == [2, 2]
    with sessions() as session:
        bodies = routed(session)
    assert [each["data"]["escalation_id"] for each in bodies[1:]] == [str(e.data["escalation_id"]) for e in many]
    assert all(each["data"]["recipients"] for each in bodies)


def test_the_plan_is_made_once(api: Api, sessions: sessionmaker[Session]) -> None:
    """PostgreSQL keeps it after a few questions: planning takes longer than the rest."""
    unit_id = UUID(api.items("/units?level=commune&limit=1")[0]["id"])
    with sessions() as session:
        for _ in range(30):
            load(session, [Question(unit_id, None, date(2026, 1, 1), 1)])
        kept = session.execute(
            text(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%RECURSIVE%'"
            )
        ).one()
    assert kept.generic_plans > kept.custom_plans


def test_a_batch_answers_what_each_question_alone_answers(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """The day, the step and the hamlet of one escalation do not leak into another of the same batch."""
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1", valid_from="2020-01-01")["id"]
    cluster = desk.cluster("28993")
    desk.holder("hamlet_follower", hamlet=hamlet)
    desk.holder("cluster_overseer", cluster=cluster["id"])
    desk.holder("provincial_leader", unit="83")
    desk.assign(desk.official(), "commune_follower", "2020-01-01", unit="28993", valid_to="2021-01-01")
    desk.assign(desk.official(), "commune_follower", "2021-01-01", unit="28993")
    [mine], [other] = api.items("/units?code=28993"), api.items("/units?code=28984")
    batch = [
        escalated(unit, named, at, step)
        for unit, named in ((mine["id"], None), (mine["id"], hamlet), (other["id"], None))
        for at in ("2019-06-01", "2020-06-01", "2021-06-01")
        for step in (1, 2)
    ]
    answers = []
    for group in (batch, *([each] for each in batch)):
        with sessions() as session:
            HANDLERS[ISSUE_ESCALATED](session, group)
            answers.append([body["data"] for body in routed(session)])
            session.rollback()
    together, alone = answers[0], [data for answer in answers[1:] for data in answer]
    assert together == alone
    assert len({str((each["recipients"], each["vacancies"])) for each in together}) > 6


def test_an_unknown_unit_is_an_error(sessions: sessionmaker[Session]) -> None:
    """An escalation of a unit nobody knows fails, so that it becomes a dead letter and not silence."""
    with sessions() as session, pytest.raises(NotFound):
        HANDLERS[ISSUE_ESCALATED](session, [escalated(uuid7())])
