"""Whom nobody can reach, as the assignments service keeps it, and whom an escalation falls to instead."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.handlers import HANDLERS
from shared import clock
from shared.contracts.assignments import ESCALATION_REROUTED, REMINDER_DUE
from shared.contracts.notifications import CONTACT_CHANGED
from shared.ids import uuid7
from shared.messaging.events import Event, read, write
from tests.integration.assignments.conftest import Api, Desk
from tests.support import facts


def test_the_newest_counts_whatever_order_they_come_in(assignments_db: sessionmaker[Session]) -> None:
    """Heard twice or late, an older version changes nothing."""
    official = uuid7()
    news = [
        facts.contact_changed(version, official_id=official, reachable=version == 2, reason=None)
        for version in (3, 1, 2)
    ]
    for new in news:
        with assignments_db.begin() as session:
            HANDLERS[CONTACT_CHANGED](session, [read(write("notifications", new, None)[1])] * 2)
    with assignments_db() as session:
        found = session.execute(text("SELECT official_id, reachable, version FROM reach")).all()
    assert [tuple(each) for each in found] == [(official, False, 3)]


def unreached(unit: dict[str, Any], official: dict[str, Any], *before: dict[str, Any], **changes: Any) -> Event:
    """An official told of an escalation could not be reached; `before` could not be either."""
    given = {"official_id": official["id"], "full_name": official["full_name"], "unit_id": unit["id"]}
    people = [UUID(each["id"]) for each in (official, *before)]
    given |= {"unit_path": unit["path"], "unreached": people, "told": people, "at": clock.today()}
    return read(write("visits", facts.unreached(**given | changes), None)[1])


def hear(sessions: sessionmaker[Session], event: Event, times: int = 2) -> list[dict[str, Any]]:
    """What is told of it, after it was delivered so often."""
    for _ in range(times):
        with sessions.begin() as session:
            HANDLERS[event.type](session, [event])
    wanted = str(event.data["unreached_id"])
    return [each for each in recorded(sessions, ESCALATION_REROUTED) if each["decline_id"] == wanted]


def recorded(sessions: sessionmaker[Session], event_type: str) -> list[dict[str, Any]]:
    """The data of the events of a type, in order."""
    with sessions() as session:
        statement = text("SELECT CAST(body AS text) FROM outbox WHERE type = :type ORDER BY seq")
        return [orjson.loads(row)["data"] for row in session.scalars(statement, {"type": event_type})]


def names(people: list[dict[str, Any]]) -> list[str]:
    """Of recipients."""
    return [each["full_name"] for each in people]


@pytest.fixture
def unit(api: Api, desk: Desk) -> dict[str, Any]:
    """Xã Mỹ Thạnh."""
    [found] = api.items("/units?code=28993")
    return dict(found)


def test_it_falls_to_the_post_above_and_on(
    api: Api, desk: Desk, sessions: sessionmaker[Session], unit: dict[str, Any]
) -> None:
    """To the post above; when nobody there can be reached either, to the one above that, in whatever order it is
    heard. A post whose holder cannot be reached is no vacancy."""
    an = desk.holder("commune_follower", "Nguyễn An", unit="28993")
    binh = desk.holder("district_overseer", "Trần Bình", unit="834")
    chin = desk.holder("provincial_leader", "Lê Chín", unit="83")
    told = [UUID(each["id"]) for each in (an, chin)]
    for fell in hear(sessions, unreached(unit, an, told=told)):
        assert names(fell["recipients"]) == ["Trần Bình"] and fell["way"] == "unreached" and fell["aware"] == []
        assert fell["declined_by"]["full_name"] == "Nguyễn An" and "550" in fell["declined_by"]["reason"]
        assert "commune_follower" not in {each["post"] for each in fell["vacancies"]}
    for first, second in ((an, binh), (binh, an)):
        [fell] = hear(sessions, unreached(unit, first, second, told=told), times=1)
        assert fell["recipients"] == [] and names(fell["aware"]) == ["Lê Chín"]
    [fell] = hear(sessions, unreached(unit, an, binh, chin, told=told), times=1)
    assert fell["recipients"] == fell["aware"] == []
    assert hear(sessions, unreached(unit, an, seek=False)) == []


def test_it_falls_to_the_substitute_first(
    api: Api, desk: Desk, sessions: sessionmaker[Session], unit: dict[str, Any]
) -> None:
    """Whoever stands in today for who was told before; when that one cannot be reached, the post above."""
    an = desk.holder("commune_follower", "Nguyễn An", unit="28993")
    desk.holder("district_overseer", "Trần Bình", unit="834")
    dung = desk.official("Võ Dũng")
    api.made("/absences", official=an["id"], substitute=dung["id"], valid_from=str(clock.today()), reason="study")
    told = [UUID(each["id"]) for each in (an,)]
    [fell] = hear(sessions, unreached(unit, an, told=told), times=1)
    assert "Võ Dũng" in names(fell["recipients"])
    dungs = next(each for each in fell["recipients"] if each["full_name"] == "Võ Dũng")
    assert dungs["reasons"][0]["substitute_for"]["full_name"] == "Nguyễn An"
    [fell] = hear(sessions, unreached(unit, dung, an, told=[*told, UUID(dung["id"])]), times=1)
    assert names(fell["recipients"]) == ["Trần Bình"]


def test_who_declines_does_not_send_it_to_somebody_out_of_reach(
    api: Api, desk: Desk, sessions: sessionmaker[Session], unit: dict[str, Any]
) -> None:
    """The one above them is told at once."""
    an = desk.holder("commune_follower", "Nguyễn An", unit="28993")
    binh = desk.holder("district_overseer", "Trần Bình", unit="834")
    desk.holder("provincial_leader", "Lê Chín", unit="83")
    given = {"official_id": an["id"], "unit_id": unit["id"], "declined": [an["id"]], "unreached": [binh["id"]]}
    event = read(write("visits", facts.declined(**given), None)[1])
    with sessions.begin() as session:
        HANDLERS[event.type](session, [event])
    [fell] = recorded(sessions, ESCALATION_REROUTED)
    assert names(fell["recipients"]) == ["Lê Chín"]


def test_the_coordinator_hears_once_a_day_and_person(
    api: Api, desk: Desk, sessions: sessionmaker[Session], unit: dict[str, Any]
) -> None:
    """Who is out of reach, why, and who was told instead; however many escalations it was, also of a closed issue,
    and never the one who cannot be reached."""
    an = desk.holder("commune_follower", "Nguyễn An", unit="28993")
    binh = desk.holder("district_overseer", "Trần Bình", unit="834")
    desk.holder("coordinator", "Hồ Hoa", unit="83")
    for event in (unreached(unit, an), unreached(unit, an), unreached(unit, binh, seek=False, reason="no address")):
        hear(sessions, event)
    first, second = recorded(sessions, REMINDER_DUE)
    assert (first["kind"], first["subject_id"]) == ("official_unreached", an["id"])
    assert names(first["recipients"]) == names(second["recipients"]) == ["Hồ Hoa"]
    assert "BT-2026-000001" in first["body_vi"] and "Đã báo cho: Trần Bình." in first["body_vi"]
    assert "chưa có địa chỉ thư" in second["body_vi"] and "no address is known" in second["body_en"]
    with clock.frozen(clock.now() + timedelta(days=1)):
        hear(sessions, unreached(unit, an))
    assert len(recorded(sessions, REMINDER_DUE)) == 3
