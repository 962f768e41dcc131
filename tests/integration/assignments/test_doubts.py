"""Doubts: whose it is not is kept for the coordinator, and others are found, once."""

from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.handlers import HANDLERS
from shared.contracts.assignments import ESCALATION_REROUTED
from shared.messaging.events import Event, read, write
from tests.integration.assignments.conftest import Api, Desk
from tests.support import facts


def declined(unit: dict[str, Any], official: dict[str, Any], *before: str, **changes: Any) -> Event:
    """A holder says that it is not theirs; `before` said so already."""
    given = {"official_id": official["id"], "full_name": official["full_name"], "unit_id": unit["id"]}
    given |= {"unit_path": unit["path"], "declined": [official["id"], *before]}
    return read(write("visits", facts.declined(**given | changes), None)[1])


def hear(sessions: sessionmaker[Session], event: Event, times: int = 2) -> list[dict[str, Any]]:
    """What is told of it, after it was delivered so often."""
    with sessions.begin() as session:
        for _ in range(times):
            HANDLERS[event.type](session, [event])
    with sessions() as session:
        rows = session.scalars(
            text("SELECT CAST(body AS text) FROM outbox WHERE type = :type ORDER BY seq"),
            {"type": ESCALATION_REROUTED},
        ).all()
    bodies = [orjson.loads(row)["data"] for row in rows]
    return [each for each in bodies if each["decline_id"] == str(event.data["decline_id"])]


@pytest.fixture
def unit(api: Api, desk: Desk) -> dict[str, Any]:
    """Xã Mỹ Thạnh."""
    [found] = api.items("/units?code=28993")
    return dict(found)


def test_it_falls_to_who_else_holds_the_post_or_stands_above(
    api: Api, desk: Desk, sessions: sessionmaker[Session], unit: dict[str, Any]
) -> None:
    """First to the other holder, then, when that one declines too, to the post above in their place."""
    an, be = (desk.holder("commune_follower", name, unit="28993") for name in ("Nguyễn An", "Lê Bé"))
    overseer = desk.holder("district_overseer", "Trần Bình", unit="834")
    [first] = hear(sessions, declined(unit, an))
    assert [each["full_name"] for each in first["recipients"]] == ["Lê Bé"] and first["declined_by"]["reason"]
    [second] = hear(sessions, declined(unit, be, an["id"]))
    [person] = second["recipients"]
    assert person["full_name"] == "Trần Bình"
    assert any("Xã Mỹ Thạnh" in str(reason["standing_in_for"]) for reason in person["reasons"])
    [third] = hear(sessions, declined(unit, overseer, an["id"], be["id"]))
    assert third["recipients"] == [] and third["vacancies"]


def test_the_coordinator_settles_a_doubt_once(
    api: Api, desk: Desk, sessions: sessionmaker[Session], unit: dict[str, Any]
) -> None:
    """Listed with what the official was told for; settled at the version read; nobody sought if not asked for."""
    an = desk.holder("commune_follower", "Nguyễn An", unit="28993")
    assert hear(sessions, declined(unit, an, seek=False)) == []
    [doubt] = api.items("/assignment-doubts?settled=false")
    assert [each["post"] for each in doubt["held"]] == ["commune_follower"] and doubt["fell_to"] == []
    path = f"/assignment-doubts/{doubt['id']}/settlement"
    given = {"outcome": "corrected", "note": "Đã phân công người khác."}
    assert api.post(path, given).status_code == 428
    settled = api.post(path, given, **{"If-Match": '"1"'})
    assert settled.status_code == 200 and settled.json["outcome"] == "corrected"
    assert api.post(path, given, **{"If-Match": '"2"'}).status_code == 409
    assert api.items("/assignment-doubts?settled=false") == []
