"""Posts as data: made, changed from a day on, refused when an escalation would be lost."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.assignments.conftest import Api, Desk

ADVISER = {
    "code": "ward_adviser",
    "name_vi": "Cán bộ tư vấn",
    "name_en": "Adviser",
    "attached_to": "commune",
    "above": "commune_follower",
    "step": 1,
    "position": 6,
    "source": "Quyết định 12-QĐ/TU",
}
ANY = {"If-Match": "*"}


def asked(api: Api, query: str) -> list[str]:
    """The posts of whoever is told, in order."""
    answer = api.get(f"/responsible?{query}").json or {}
    return [reason["post"] for person in answer["recipients"] for reason in person["reasons"]]


def test_a_new_post_is_asked_without_any_code(api: Api, desk: Desk) -> None:
    """Made, held, and told at its step from its first day on."""
    made = api.made("/posts", **ADVISER, valid_from="2026-01-01")
    assert api.get("/posts/ward_adviser").json == made and made["version"] == 1
    desk.holder("commune_follower", unit="28993")
    early = {"official": desk.official()["id"], "post": "ward_adviser", "unit": "28993", "legal_basis": "QĐ"}
    refused = api.post("/assignments", early | {"valid_from": "2025-12-31"})
    assert refused.status_code == 422 and list((refused.json or {})["errors"]) == ["post"]
    desk.assign(desk.official(), "ward_adviser", "2026-01-01", unit="28993")
    assert asked(api, "unit=28993&at=2026-01-01") == ["commune_follower", "ward_adviser"]
    assert asked(api, "unit=28993&at=2025-12-31") == ["commune_follower"]
    assert "ward_adviser" not in [each["code"] for each in api.items("/posts?at=2025-12-31")]


def test_a_change_holds_from_its_day_and_leaves_the_past_as_it_was(api: Api, desk: Desk) -> None:
    """Vacant falls to another post from then on; the answer about a day before is the one given then."""
    desk.holder("district_overseer", "Trần Bình", unit="834")
    desk.holder("provincial_leader", "Đỗ Giang", unit="83")
    change = {"above": "provincial_leader", "source": "Quy định 02 sửa đổi", "valid_from": "2027-01-01"}
    changed = api("PATCH", "/posts/commune_follower", change, **{"If-Match": '"1"'})
    assert changed.status_code == 200 and changed.headers["ETag"] == '"2"'

    def fell_to(at: str) -> str:
        answer = api.get(f"/responsible?unit=28993&at={at}").json or {}
        return str(next(each["fell_to"] for each in answer["vacancies"] if each["post"] == "commune_follower"))

    assert fell_to("2026-12-31") == "district_overseer" and fell_to("2027-01-01") == "provincial_leader"
    assert (api.get("/posts/commune_follower").json or {})["above"] == "district_overseer"
    [then] = [each for each in api.items("/posts?at=2027-01-01") if each["code"] == "commune_follower"]
    assert (then["above"], then["source"], then["valid_from"]) == (
        "provincial_leader",
        "Quy định 02 sửa đổi",
        "2027-01-01",
    )
    assert api("PATCH", "/posts/commune_follower", {"required": False}, **{"If-Match": '"1"'}).status_code == 412


def test_what_would_lose_an_escalation_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    """Naming the field, and nothing is changed, neither today nor on a later day that a plan speaks of."""
    before = api.items("/posts")
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("provincial_leader", {"above": "commune_follower"}, "above"),
        ("commune_follower", {"above": "nobody"}, "above"),
        ("provincial_leader", {"step": 3}, "step"),
        ("commune_follower", {"step": None}, "position"),
        ("commune_follower", {"position": 2}, "position"),
        ("commune_follower", {"step": 0}, "step"),
        ("commune_follower", {"attached_to": "district"}, "attached_to"),
    ]
    for code, change, field in wrong:
        with subtests.test(change=change):
            answer = api("PATCH", f"/posts/{code}", change, **ANY)
            assert answer.status_code == 422 and list((answer.json or {})["errors"]) == [field], answer.text
    for given, field in (
        (ADVISER | {"attached_to": "canton"}, "attached_to"),
        (ADVISER | {"code": "Ward Adviser"}, "code"),
        (ADVISER | {"position": None}, "position"),
        (ADVISER | {"source": ""}, "source"),
    ):
        with subtests.test(given=given):
            answer = api.post("/posts", given)
            assert answer.status_code == 422 and list((answer.json or {})["errors"]) == [field], answer.text
    assert api.post("/posts", ADVISER | {"code": "commune_follower"}).status_code == 409
    assert api.items("/posts") == before


@pytest.mark.usefixtures("reformed")
def test_a_post_needs_units_of_its_level(api: Api) -> None:
    """Where districts are no more, no post of a district can be made; what needs none can still be changed."""
    refused = api.post("/posts", ADVISER | {"attached_to": "district"})
    assert refused.status_code == 422 and list((refused.json or {})["errors"]) == ["attached_to"]
    api.made("/posts", **ADVISER)


def test_only_a_client_of_the_whole_country_changes_posts(api_with: Callable[..., Api]) -> None:
    """They hold everywhere."""
    province = api_with(territories=("83/",))
    assert province.post("/posts", ADVISER).status_code == 403
    assert province("PATCH", "/posts/commune_follower", {"required": False}, **ANY).status_code == 403
    assert len(province.items("/posts")) == 7
