"""Switching between tiers without code: presets, rules of one's own, a dry run first."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from tests.integration.assignments.conftest import Api, Desk

THREE, TWO = "ba-cap-2017", "hai-cap-2025"
REFORM = "2025-07-01"


def apply(api: Api, **given: Any) -> Any:
    """The answer to an application."""
    return api.post("/rules/applications", given)


def test_a_new_system_is_the_preset_of_three_tiers(api: Api) -> None:
    """What the migrations write and what the preset says are the same, to the letter, and can be read back and
    applied without changing anything."""
    for given in ({"preset": THREE}, {"rules": api.get("/rules").json}):
        report = apply(api, **given).json
        assert (report["dry_run"], report["added"], report["changed"], report["retired"]) == (True, [], [], [])
    listed = {each["name"]: each for each in api.items("/rules/presets")}
    assert set(listed) == {THREE, TWO} and "của dự án này" in listed[TWO]["source"]
    assert {each["code"] for each in (api.get(f"/rules/presets/{TWO}").json or {})["posts"]} == {
        "commune_follower",
        "coordinator",
        "provincial_leader",
    }


def test_two_tiers_are_a_dry_run_and_an_application_away(
    api: Api, desk: Desk, sessions: sessionmaker[Session], request: pytest.FixtureRequest
) -> None:
    """The dry run says what goes and who holds it; applied, the future is asked without districts and the past as
    it was; what was held ends with its post, and everybody who listens is told."""
    overseer = desk.assign(desk.official("Trần Bình"), "district_overseer", unit="834")
    request.getfixturevalue("reformed")
    report = apply(api, preset=TWO, valid_from=REFORM).json
    assert {each["post"]: each["assignments"] for each in report["retired"]} == {
        "cluster_overseer": 0,
        "district_overseer": 1,
        "district_standing_body": 0,
        "hamlet_follower": 0,
    }
    above = {"post": "commune_follower", "field": "above", "before": "district_overseer"}
    assert above | {"after": "provincial_leader"} in report["changed"]
    assert len(api.items("/posts")) == 7
    refused = apply(api, preset=TWO, valid_from=REFORM, dry_run=False)
    assert refused.status_code == 409 and list((refused.json or {})["errors"]) == ["end_assignments"]
    done = apply(api, preset=TWO, valid_from=REFORM, dry_run=False, end_assignments=True)
    assert done.status_code == 200 and done.json["retired"] == report["retired"], done.text
    assert [each["code"] for each in api.items("/posts")] == [
        "commune_follower",
        "coordinator",
        "provincial_leader",
    ]
    assert len(api.items("/posts?at=2025-06-30")) == 7
    desk.assign(desk.official("Đỗ Giang", unit="86"), "provincial_leader", REFORM, unit="86")
    after = api.get(f"/responsible?unit=28789&at={REFORM}").json or {}
    assert [each["full_name"] for each in after["recipients"]] == ["Đỗ Giang"]
    before = api.get("/responsible?unit=28993&at=2025-06-30").json or {}
    assert [each["full_name"] for each in before["recipients"]] == ["Trần Bình"]
    [now, _] = api.items(f"/assignments/{overseer['id']}/history")
    assert (now["change"], now["valid_to"], now["reason"]) == ("post_retired", REFORM, TWO)
    with sessions() as session:
        said = "SELECT body->'data'->>'valid_to' FROM outbox WHERE body->>'subject' = :id ORDER BY seq"
        assert session.scalars(text(said), {"id": overseer["id"]}).all() == [None, REFORM]
    [applied] = api.items("/rules/applications")
    assert (applied["name"], applied["valid_from"], applied["applied_by"]) == (TWO, REFORM, "tester")
    assert apply(api, preset=TWO, valid_from=REFORM).json["changed"] == []


@pytest.mark.usefixtures("reformed")
def test_a_preset_does_not_fit_units_it_knows_nothing_of(api: Api) -> None:
    """Three tiers where there are no districts are refused, each post named that nobody could hold."""
    refused = apply(api, preset=THREE)
    assert refused.status_code == 422
    assert {name.rpartition(".")[2] for name in refused.json["errors"]} == {"attached_to"}
    assert len(refused.json["errors"]) == 3  # the two posts of the district, and that of its clusters


def test_rules_that_lose_an_escalation_are_refused(api: Api, subtests: pytest.Subtests) -> None:
    """All that is wrong is named at once, where it stands, and nothing is changed."""
    good = api.get("/rules").json or {}
    before = api.items("/posts")
    at = {post["code"]: place for place, post in enumerate(good["posts"])}

    def changed(code: str, **change: Any) -> dict[str, Any]:
        posts = [post | change if post["code"] == code else post for post in good["posts"]]
        return good | {"posts": posts}

    leader, follower = at["provincial_leader"], at["commune_follower"]
    cases: list[tuple[dict[str, Any], set[str]]] = [
        (changed("provincial_leader", above="hamlet_follower"), {"above"}),
        (changed("commune_follower", attached_to="canton"), {f"posts.{follower}.attached_to"}),
        (changed("commune_follower", attached_to="district"), {f"posts.{follower}.attached_to"}),
        (changed("commune_follower", above="nobody"), {f"posts.{follower}.above"}),
        (changed("provincial_leader", step=3), {f"posts.{leader}.step"}),
        (changed("commune_follower", step=2, position=1), {"position"}),
        (good | {"posts": [*good["posts"], good["posts"][0]]}, {"posts.0.code"}),
        (changed("commune_follower", source=""), {f"posts.{follower}.source", f"rules.posts.{follower}.source"}),
        (good | {"posts": []}, {"rules.posts"}),
    ]
    for rules, fields in cases:
        with subtests.test(fields=fields):
            answer = apply(api, rules=rules, dry_run=False)
            assert answer.status_code == 422, answer.text
            named = set(answer.json["errors"])
            assert named <= fields or {name.rpartition(".")[2] for name in named} == fields, named
    for given, field in (({}, "preset"), ({"preset": "ba"}, "preset"), ({"preset": TWO, "rules": good}, "preset")):
        with subtests.test(given=list(given)):
            answer = apply(api, **given)
            assert answer.status_code == 422 and list(answer.json["errors"]) == [field]
    assert api.items("/posts") == before


def test_a_post_is_retired_from_a_day_on(api: Api, desk: Desk) -> None:
    """Not while others fall to it, nor while it is held unless that ends too; then it is history."""
    held = desk.assign(desk.official(), "district_standing_body", unit="834")
    planned = desk.assign(desk.official(), "district_standing_body", "2028-01-01", unit="834")
    path, end = "/posts/district_standing_body/retirement", {"valid_to": "2027-01-01"}
    assert api.post(path, end).status_code == 428
    refused = api.post(path, end | {"end_assignments": True}, **{"If-Match": '"1"'})
    assert refused.status_code == 422 and list((refused.json or {})["errors"]) == ["post"]
    change = {"above": "district_overseer", "valid_from": "2027-01-01"}
    assert api("PATCH", "/posts/cluster_overseer", change, **{"If-Match": '"1"'}).status_code == 200
    refused = api.post(path, end, **{"If-Match": '"1"'})
    assert refused.status_code == 409 and list((refused.json or {})["errors"]) == ["end_assignments"]
    done = api.post(path, end | {"end_assignments": True}, **{"If-Match": '"1"'})
    assert done.status_code == 200 and (done.json or {})["valid_to"] == "2027-01-01", done.text
    assert "district_standing_body" not in [each["code"] for each in api.items("/posts?at=2027-01-01")]
    ends = [(api.get(f"/assignments/{each['id']}").json or {})["valid_to"] for each in (held, planned)]
    assert ends == ["2027-01-01", "2028-01-01"]


def test_rules_are_changed_for_the_whole_country_only(api_with: Callable[..., Api]) -> None:
    """A province reads them."""
    province = api_with(territories=("83/",))
    assert apply(province, preset=TWO).status_code == 403
    assert (
        province.post(
            "/posts/hamlet_follower/retirement", {"valid_to": "2030-01-01"}, **{"If-Match": "*"}
        ).status_code
        == 403
    )
    assert len((province.get("/rules").json or {})["posts"]) == 7


def test_the_command_lists_the_presets() -> None:
    """With the source of each."""
    from caunoi.cli import main

    out = CliRunner().invoke(main, ["rules", "list"])
    assert out.exit_code == 0 and THREE in out.output and "chưa có văn bản nào quy định" in out.output
