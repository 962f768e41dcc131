"""Assignments over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.assignments.conftest import Api, Desk

VERSION_1 = {"If-Match": '"1"'}


def test_an_official_is_assigned_and_the_assignment_read(api: Api, desk: Desk) -> None:
    """The record says who, which post, which place, since when and by which decision."""
    official = desk.official("Nguyễn Văn An")
    made = desk.assign(official, "commune_follower", unit="28993", scope_note="Theo dõi xã\nvà ấp")
    assert made["official"] == {"id": official["id"], "full_name": "Nguyễn Văn An"}
    assert (made["post"], made["unit"]["code"], made["cluster"], made["hamlet"]) == (
        "commune_follower",
        "28993",
        None,
        None,
    )
    assert (made["valid_from"], made["valid_to"], made["legal_basis"]) == ("2020-01-01", None, "Quyết định 182")
    assert api.get(f"/assignments/{made['id']}").json == made
    assert api.items("/assignments?unit=28993&post=commune_follower") == [made]
    assert api.items("/assignments?at=2019-12-31") == []


def test_posts_are_held_for_clusters_and_hamlets_too(api: Api, desk: Desk) -> None:
    """A cluster overseer holds a cluster, a hamlet follower a hamlet."""
    cluster = desk.cluster("28993")
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1", valid_from="2020-01-01")
    first = desk.assign(desk.official(), "cluster_overseer", cluster=cluster["id"])
    second = desk.assign(desk.official(), "hamlet_follower", hamlet=hamlet["id"])
    assert first["cluster"] == {"id": cluster["id"], "name": "Tiểu vùng 1"}
    assert second["hamlet"] == {"id": hamlet["id"], "name": "Ấp 1"}
    assert api.items(f"/assignments?cluster={cluster['id']}") == [first]
    assert api.items(f"/assignments?hamlet={hamlet['id']}") == [second]


def test_the_same_post_twice_at_a_time_is_refused(api: Api, desk: Desk) -> None:
    """Overlapping assignments of one person to one post and place conflict; another place or time does not."""
    official = desk.official()
    desk.assign(official, "commune_follower", unit="28993", valid_to="2022-01-01")
    again = {"official": official["id"], "post": "commune_follower", "legal_basis": "QĐ 1"}
    refused = api.post("/assignments", again | {"unit": "28993", "valid_from": "2021-12-31"})
    assert refused.status_code == 409 and refused.mimetype == "application/problem+json"
    desk.assign(official, "commune_follower", "2022-01-01", unit="28993")
    desk.assign(official, "commune_follower", "2021-12-31", unit="28984")


def test_an_assignment_ends_and_stays_recorded(api: Api, desk: Desk) -> None:
    """It ends once, on a day that is not before it began; after that the post is free for the same person."""
    official = desk.official()
    made = desk.assign(official, "commune_follower", unit="28993")
    path = f"/assignments/{made['id']}/end"
    assert api.post(path, {"valid_to": "2023-01-01"}).status_code == 428
    assert api.post(path, {"valid_to": "2019-12-31"}, **VERSION_1).status_code == 409
    ended = api.post(path, {"valid_to": "2023-01-01"}, **VERSION_1)
    assert ended.json and (ended.json["valid_to"], ended.headers["ETag"]) == ("2023-01-01", '"2"')
    assert api.post(path, {"valid_to": "2024-01-01"}, **{"If-Match": '"2"'}).status_code == 409
    assert len(api.items("/assignments")) == 1
    desk.assign(official, "commune_follower", "2023-01-01", unit="28993")


def test_two_requests_at_once_make_one_assignment(api_with: Callable[..., Api], desk: Desk) -> None:
    """Of several equal requests at the same moment one is recorded and the others conflict."""
    given = {
        "official": desk.official()["id"],
        "post": "commune_follower",
        "unit": "28993",
        "legal_basis": "QĐ 1",
    }
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api_with().post("/assignments", given).status_code, range(4)))
    assert sorted(answers) == [201, 409, 409, 409]


def test_bad_input_is_named_and_changes_nothing(api: Api, desk: Desk, subtests: pytest.Subtests) -> None:
    """A wrong field answers 422 naming it, and nothing is recorded."""
    retired = desk.official()
    api("PATCH", f"/officials/{retired['id']}", {"active": False}, **VERSION_1)
    nobody = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"
    wrong: list[tuple[dict[str, object], str]] = [
        ({"official": nobody}, "official"),
        ({"official": "x"}, "official"),
        ({"official": retired["id"]}, "official"),
        ({"post": "king"}, "post"),
        ({"unit": None}, "unit"),
        ({"unit": "834"}, "unit"),
        ({"unit": "00000"}, "unit"),
        ({"unit": "28993", "hamlet": nobody}, "hamlet"),
        ({"post": "hamlet_follower"}, "unit"),
        ({"post": "hamlet_follower", "unit": None}, "hamlet"),
        ({"post": "hamlet_follower", "unit": None, "hamlet": nobody}, "hamlet"),
        ({"post": "cluster_overseer", "unit": None, "cluster": nobody}, "cluster"),
        ({"valid_from": "2003-01-01"}, "unit"),
        ({"valid_from": "yesterday"}, "valid_from"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
        ({"valid_from": "2020-01-02", "valid_to": "2020-01-02"}, "valid_to"),
        ({"legal_basis": " "}, "legal_basis"),
        ({"legal_basis": "x" * 301}, "legal_basis"),
        ({"legal_basis": "a\x00b"}, "legal_basis"),
        ({"scope_note": 7}, "scope_note"),
        ({"salary": 7}, "salary"),
    ]
    base = {"official": desk.official()["id"], "post": "commune_follower", "unit": "28993", "legal_basis": "QĐ 1"}
    for given, field in wrong:
        with subtests.test(given=given):
            answer = api.post("/assignments", base | given)
            assert answer.status_code == 422, answer.text
            assert answer.json and list(answer.json["errors"]) == [field]
    assert api.items("/assignments") == []


def test_territory(api: Api, desk: Desk, api_with: Callable[..., Api]) -> None:
    """Outside the territory nothing is recorded, found or listed; a provincial official may be assigned inside."""
    provincial = desk.official()
    made = desk.assign(provincial, "commune_follower", unit="28993")
    other = api_with(territories=["83/829/"])
    given = {"official": provincial["id"], "post": "commune_follower", "legal_basis": "QĐ 1"}
    assert other.post("/assignments", given | {"unit": "28984"}).status_code == 403
    assert other.get(f"/assignments/{made['id']}").status_code == 404
    assert other.post(f"/assignments/{made['id']}/end", {"valid_to": "2030-01-01"}, **VERSION_1).status_code == 404
    assert other.items("/assignments") == []
    assert other.post("/assignments", given | {"unit": "28756"}).status_code == 201


def test_posts_and_steps_are_data_with_a_source(api: Api) -> None:
    """Every post says where its vacancy falls, from which step it is asked, and by which source."""
    posts = {each["code"]: each for each in api.items("/posts")}
    above = {code: post["above"] for code, post in posts.items()}
    assert above == {
        "commune_follower": "district_overseer",
        "cluster_overseer": "district_standing_body",
        "district_standing_body": "district_overseer",
        "hamlet_follower": "cluster_overseer",
        "district_overseer": "provincial_leader",
        "provincial_leader": None,
        "coordinator": "provincial_leader",
    }
    steps = {code: post["step"] for code, post in posts.items() if post["step"] != 1}
    assert steps == {"provincial_leader": 2, "coordinator": None}
    assert all(post["source"] for post in posts.values())
