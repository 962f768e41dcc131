"""Plans of reorganisations over the API, and what they do to assignments, on the units of Bến Tre."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.seeding import UNITS
from caunoi.reform import WRITER
from services.assignments.reorganisations import files
from services.assignments.reorganisations.actions import plan as make_plan
from services.assignments.reorganisations.applying import apply as carry_out
from services.assignments.reorganisations.model import Reorganisation
from services.assignments.reorganisations.queries import report
from services.assignments.republish import republish
from services.assignments.responsibility.queries import Question, load
from services.assignments.units.importer import import_units
from shared.errors import BadInput
from tests.integration.assignments.conftest import Api, Desk

EVE, DAY = "2025-06-30", "2025-07-01"
SAID = text("SELECT body->'data' AS data FROM outbox WHERE type LIKE '%unit.succeeded%'")
COMMUNES = ("28984", "28993", "29002")  # of Giồng Trôm


def made(api: Api, **given: Any) -> dict[str, Any]:
    """A new plan."""
    return api.made("/reorganisations", **given)


def items(api: Api, plan: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    """Items of a plan."""
    return api.items(f"/reorganisations/{plan['id']}/items?limit=200{query}")


def apply(api: Api, plan: dict[str, Any], version: int | None = None) -> Any:
    """Carry it out."""
    return api.post(f"/reorganisations/{plan['id']}/apply", None, **{"If-Match": f'"{version or plan["version"]}"'})


def test_a_plan_is_for_whose_territory_is_everything(api: Api, api_with: Callable[..., Api]) -> None:
    """Others may not make one, and see none."""
    plan, local = made(api), api_with(territories=("83/",))
    assert local.post("/reorganisations", {}).status_code == 403
    assert local.get(f"/reorganisations/{plan['id']}").status_code == 404
    assert local.items("/reorganisations") == []


def test_faults_of_a_list_are_named_and_nothing_is_kept(api: Api) -> None:
    """With line and field, in both languages; so are codes that are still in force."""
    for field, content, said in (
        ("successors", "old_code,new_code,extent\n28984,99999,whole\n", "line 2, new_code"),
        ("successors", "old_code,new_code\n", "line 1, row"),
        ("units", "code,name\n", "line 1"),
        ("successors", "old_code,new_code,extent\n99998,28993,whole\n", "None of these units is known"),
    ):
        answer = api.post("/reorganisations", {field: content})
        assert answer.status_code == 422 and said in (answer.json or {})["errors"][field][0], answer.text
    header = "code,name,kind,level,parent_code,latitude,longitude\n"
    unit, list_ = header + "28984,Xã Mới,xa,commune,834,,\n", "old_code,new_code,extent\n28993,28984,whole\n"
    answer = api.post("/reorganisations", {"units": unit, "successors": list_})
    assert answer.status_code == 422 and "28984" in answer.text
    assert api.items("/reorganisations") == []


def test_a_plan_that_was_overtaken_is_not_applied(api: Api, desk: Desk) -> None:
    """What was looked at is what is done: a new assignment makes it stale until it is planned again."""
    plan = made(api)
    desk.holder("commune_follower", unit=COMMUNES[0])
    answer = apply(api, plan)
    assert answer.status_code == 409 and "plan it again" in answer.text
    again = api.post(f"/reorganisations/{plan['id']}/refresh", None, **{"If-Match": '"1"'})
    assert again.status_code == 200
    assert apply(api, plan, 2).status_code == 200
    assert apply(api, plan, 3).status_code == 409


def test_what_cannot_be_decided_is_refused(api: Api, desk: Desk) -> None:
    """A successor that is not of the list, a post that does not fit, a thing that the list decides."""
    overseer = desk.holder("district_overseer", unit="834")
    plan = made(api)
    (item,) = items(api, plan, "&kind=assignment")
    moving = next(each for each in items(api, plan, "&kind=unit&outcome=moves"))
    path = f"/reorganisations/{plan['id']}/items"
    for which, choice, status, said in (
        (item, {"unit": "99999"}, 422, "No unit of the list"),
        (item, {"unit": "86"}, 422, "held for a district"),
        (item, {"unit": "86", "post": "nobody"}, 422, "no such post"),
        (moving, {"unit": "86"}, 409, "leaves nothing to decide"),
    ):
        answer = api("PUT", f"{path}/{which['id']}/decision", choice, **{"If-Match": f'"{which["version"]}"'})
        assert answer.status_code == status and said in answer.text, answer.text
    good = {"unit": "86", "post": "provincial_leader", "note": "Theo Quyết định 10"}
    answer = api("PUT", f"{path}/{item['id']}/decision", good, **{"If-Match": '"1"'})
    assert answer.status_code == 200 and (answer.json or {})["code"] == "86"
    back = api("DELETE", f"{path}/{item['id']}/decision", **{"If-Match": '"2"'})
    assert (back.json or {})["code"] is None and overseer["id"] in str(item["details"])


def test_who_follows_two_communes_that_become_one_follows_it_once(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """Whatever is merged, nobody holds a post for a place twice; the old assignments end on the day."""
    follower = desk.official()
    with sessions() as session:
        codes = session.scalars(
            text("SELECT code FROM units WHERE level = 'commune' AND path LIKE '83/834/%'")
        ).all()
    for code in codes:
        desk.assign(follower, "commune_follower", unit=code)
    assert apply(api, made(api)).status_code == 200
    old = api.items(f"/assignments?official={follower['id']}&at={EVE}&limit=200")
    new = api.items(f"/assignments?official={follower['id']}&at={DAY}&limit=200")
    assert len(old) == len(codes) > len(new) == len({each["unit"]["id"] for each in new}) > 1
    assert {each["valid_to"] for each in old} == {DAY} and {each["valid_from"] for each in new} == {DAY}
    with sessions() as session:
        said = sorted(map(str, session.execute(SAID).all()))
        session.execute(text("DELETE FROM outbox"))
        republish(session)
        assert sorted(map(str, session.execute(SAID).all())) == said != []


def test_an_escalation_under_way_is_answered_through_the_heir(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """It names the old unit; from the day on those of the new one are told, before it those of the old."""
    follower, overseer = desk.holder("commune_follower", unit="28993"), desk.holder("district_overseer", unit="834")
    desk.cluster("28993")
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1", valid_from="2020-01-01")
    minder = desk.holder("hamlet_follower", hamlet=hamlet["id"])
    assert apply(api, made(api)).status_code == 200
    with sessions() as session:
        old = session.scalars(text("SELECT id FROM units WHERE code = '28993' AND valid_to IS NOT NULL")).one()
        eve, day = (Question(old, UUID(hamlet["id"]), date.fromisoformat(each), 1) for each in (EVE, DAY))
        situation = load(session, [eve, day])
    told = [{str(each.official_id) for each in situation.answer(question).recipients} for question in (eve, day)]
    assert told == [{follower["id"], overseer["id"], minder["id"]}, {follower["id"], minder["id"]}]


def test_one_group_of_provinces_after_the_other(assignments_db: sessionmaker[Session]) -> None:
    """The reform of some provinces only: those that become one go together, the rest of the country stays; another
    group follows later."""
    with assignments_db.begin() as session:
        import_units(session, UNITS)
    counted = text("SELECT count(*) FROM units WHERE level = 'province' AND valid_to IS NULL")
    with assignments_db() as session, pytest.raises(BadInput, match="83 Tỉnh Bến Tre, 84 Tỉnh Trà Vinh, 86 Tỉnh"):
        reform_of(session, "83", "86")
    with assignments_db() as session, pytest.raises(BadInput, match="province 00"):
        reform_of(session, "00")
    for provinces, (ending, beginning), left in (
        (("83", "84", "86"), ((3, 26, 354), (1, 124)), 61),
        (("01",), ((1, 30, 526), (1, 126)), 61),
    ):
        with assignments_db.begin() as session:
            plan = reform_of(session, *provinces)
            told = report(session, plan)
            assert tuple(told["ending"][level] for level in ("province", "district", "commune")) == ending
            assert tuple(told["beginning"][level] for level in ("province", "commune")) == beginning
            carry_out(session, plan, WRITER)
            session.flush()
            assert session.scalar(counted) == left
    ended = text("SELECT DISTINCT province_code FROM units WHERE valid_to IS NOT NULL ORDER BY 1")
    with assignments_db() as session:
        assert session.scalars(ended).all() == ["01", "83", "84", "86"]


def reform_of(session: Session, *provinces: str) -> Reorganisation:
    """A plan of the reform for some provinces."""
    plan = make_plan(
        session,
        WRITER,
        name="Thử",
        legal_basis="NQ 202",
        effective_on=date.fromisoformat(DAY),
        units=files.given_or_own(None, files.UNITS),
        successors=files.given_or_own(None, files.SUCCESSORS),
        provinces=provinces,
    )
    session.flush()
    return plan
