"""Who is responsible, over HTTP, on real units."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.units.importer import import_units
from tests.integration.assignments.conftest import DATA, Api, Desk


def told(answer: dict[str, Any]) -> dict[str, list[tuple[str, str | None]]]:
    """Name to (post, standing in for) of each reason."""
    return {
        person["full_name"]: [(reason["post"], reason["standing_in_for"]) for reason in person["reasons"]]
        for person in answer["recipients"]
    }


def ask(api: Api, query: str) -> dict[str, Any]:
    """The answer to a question that must be answered."""
    answer = api.get(f"/responsible?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def test_everybody_responsible_for_a_commune_is_told(api: Api, desk: Desk) -> None:
    """Follower, district overseer, cluster overseer, standing body and, with a hamlet, its follower: each with the
    post, the place and the decision; at step 2 also the provincial leader."""
    cluster = desk.cluster("28993")
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1", valid_from="2020-01-01")
    desk.holder("commune_follower", "Nguyễn An", unit="28993")
    desk.holder("district_overseer", "Trần Bình", unit="834")
    desk.holder("cluster_overseer", "Lê Cường", cluster=cluster["id"])
    desk.holder("district_standing_body", "Võ Dũng", unit="834")
    desk.holder("district_standing_body", "Phan Đức", unit="834")
    desk.holder("hamlet_follower", "Bùi Em", hamlet=hamlet["id"])
    desk.holder("provincial_leader", "Đỗ Giang", unit="83")
    answer = ask(api, "unit=28993")
    names = ["Nguyễn An", "Trần Bình", "Lê Cường", "Võ Dũng", "Phan Đức"]
    assert [person["full_name"] for person in answer["recipients"]] == names
    assert answer["vacancies"] == []
    [reason] = answer["recipients"][2]["reasons"]
    assert reason["post"] == "cluster_overseer" and reason["place"] == "Tiểu vùng 1"
    assert reason["post_name_en"] == "District standing committee member overseeing the cluster"
    assert reason["legal_basis"] == "Quyết định 182" and reason["assignment_id"]
    with_hamlet = ask(api, f"unit=28993&hamlet={hamlet['id']}&step=2")
    assert [person["full_name"] for person in with_hamlet["recipients"]] == [*names, "Bùi Em", "Đỗ Giang"]


def test_a_person_with_several_posts_is_told_once(api: Api, desk: Desk) -> None:
    """One person, every reason."""
    person = desk.holder("commune_follower", "Nguyễn An", unit="28993")
    desk.assign(person, "district_overseer", unit="834")
    answer = ask(api, "unit=28993")
    assert told(answer)["Nguyễn An"][:2] == [("commune_follower", None), ("district_overseer", None)]
    assert len(answer["recipients"]) == 1


def test_a_vacancy_falls_to_the_post_above_and_is_reported(api: Api, desk: Desk) -> None:
    """Without a follower the district overseer is told in that place too, and the vacancy says so."""
    desk.holder("district_overseer", "Trần Bình", unit="834")
    answer = ask(api, "unit=28993")
    assert told(answer) == {
        "Trần Bình": [
            ("district_overseer", "Cán bộ tỉnh theo dõi xã, phường, thị trấn (Xã Mỹ Thạnh)"),
            ("district_overseer", None),
            ("district_overseer", "Thường trực Huyện ủy, Thành ủy (Huyện Giồng Trôm)"),
        ]
    }
    assert [(each["post"], each["fell_to"]) for each in answer["vacancies"]] == [
        ("commune_follower", "district_overseer"),
        ("district_standing_body", "district_overseer"),
    ]


def test_with_nobody_at_all_every_vacancy_is_reported(api: Api) -> None:
    """Nobody is told, and every vacant post up to the province stands in the answer."""
    answer = ask(api, "unit=28993")
    assert answer["recipients"] == []
    assert [(each["post"], each["fell_to"]) for each in answer["vacancies"]] == [
        ("commune_follower", None),
        ("district_overseer", None),
        ("provincial_leader", None),
        ("district_standing_body", None),
    ]


def test_the_answer_is_of_the_day_asked_for(api: Api, desk: Desk) -> None:
    """Whoever held the post on that day is named, also long after."""
    official = desk.official("Nguyễn An")
    desk.assign(official, "commune_follower", "2020-01-01", unit="28993", valid_to="2021-01-01")
    desk.assign(desk.official("Trần Bình"), "commune_follower", "2021-01-01", unit="28993")
    assert list(told(ask(api, "unit=28993&at=2020-12-31"))) == ["Nguyễn An"]
    assert list(told(ask(api, "unit=28993&at=2021-01-01"))) == ["Trần Bình"]
    assert told(ask(api, "unit=28993&at=2019-12-31")) == {}


def test_an_inactive_official_holds_no_post(api: Api, desk: Desk) -> None:
    """Who is no longer active is not told; the post counts as vacant."""
    official = desk.holder("commune_follower", unit="28993")
    api("PATCH", f"/officials/{official['id']}", {"active": False}, **{"If-Match": '"1"'})
    answer = ask(api, "unit=28993")
    assert answer["recipients"] == [] and answer["vacancies"][0]["post"] == "commune_follower"


def test_two_tiers_skip_what_does_not_exist(sessions: sessionmaker[Session], api: Api, desk: Desk) -> None:
    """Without districts the district's posts are neither told nor vacant; a vacancy falls to the province."""
    with sessions.begin() as session:
        # The old units of the province go out of the way: their codes are used again.
        session.connection().exec_driver_sql("UPDATE units SET valid_to = '2025-07-01'")
        assert import_units(session, DATA / "units-2025-07-01.csv").errors == []
    leader = desk.official("Đỗ Giang", unit="86")
    desk.assign(leader, "provincial_leader", "2025-07-01", unit="86")
    answer = ask(api, "unit=28789&at=2025-07-01")
    assert answer["unit"]["name"] == "Phường Bến Tre"
    assert [(each["post"], each["fell_to"]) for each in answer["vacancies"]] == [
        ("commune_follower", "provincial_leader")
    ]
    assert list(told(answer)) == ["Đỗ Giang"]
    assert ask(api, "unit=28789&at=2025-06-30")["unit"]["name"] == "Xã Bình Phú"


def test_bad_questions_are_refused(api: Api, subtests: pytest.Subtests) -> None:
    """An unknown or ended unit, another commune's hamlet, a bad day or step: 422 naming the field."""
    hamlet = api.made("/hamlets", unit="28984", name="Ấp 1")["id"]
    for query, field in (
        ("", "unit"),
        ("unit=00000", "unit"),
        ("unit=28993&at=2003-01-01", "unit"),
        ("unit=x", "unit"),
        (f"unit=28993&hamlet={hamlet}", "hamlet"),
        ("unit=28993&hamlet=x", "hamlet"),
        ("unit=28993&at=2020-02-30", "at"),
        ("unit=28993&step=0", "step"),
        ("unit=28993&step=one", "step"),
        ("unit=28993&who=me", "who"),
    ):
        with subtests.test(query=query):
            answer = api.get(f"/responsible?{query}")
            assert answer.status_code == 422 and answer.json and list(answer.json["errors"]) == [field]


def test_outside_the_territory_there_is_no_answer(api_with: Callable[..., Api]) -> None:
    """A unit of another district is not found."""
    assert api_with(territories=["83/829/"]).get("/responsible?unit=28993").status_code == 404
