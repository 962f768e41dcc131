"""What the coordinator corrects, hands over and reviews reaches the services that only hear of it."""

from typing import Any

from services.assignments.republish import republish
from tests.journeys.conftest import COMMUNE, Province

ANY = {"If-Match": "*"}


def followers(province: Province, at: str) -> list[tuple[str, str, str | None]]:
    """Who follows the commune on a day, as visits knows it: name, first day, end."""
    found = province.get("visits", f"/followings?unit={COMMUNE}&at={at}")["items"]
    return [
        (each["full_name"], each["valid_from"], each["valid_to"])
        for each in found
        if each["post"] == "commune_follower"
    ]


def official(province: Province, name: str) -> str:
    """A new official of the province."""
    given = {"full_name": name, "given_name": name.split()[-1], "email": "moi@bentre.example", "unit": "83"}
    return str(province.post("assignments", "/officials", given)["id"])


def change(province: Province, path: str, given: dict[str, Any], expect: int = 200) -> Any:
    """A change of an assignment, delivered."""
    done = province.post("assignments", path, given, expect=expect, headers=ANY)
    province.settle()
    return done


def test_a_correction_reaches_visits_and_the_next_escalation(province: Province) -> None:
    """Another official and other days: visits answers as now known, and who is told is the right one."""
    right = official(province, "Trần Thị Đúng")
    held = province.assignments["commune_follower"]
    correction = {"official": right, "valid_from": "2021-01-01", "reason": "Ghi nhầm người."}
    change(province, f"/assignments/{held}/corrections", correction)
    assert followers(province, "2020-06-01") == []
    assert followers(province, "2026-01-01") == [("Trần Thị Đúng", "2021-01-01", None)]
    issue = province.report()
    province.post("visits", f"/issues/{issue['id']}/escalations", {"reason": "Chưa được giải quyết."})
    province.settle()
    province.people["corrected"] = right
    assert len(province.inbox("corrected")) == 1 and province.inbox("commune_follower") == []


def test_a_handover_and_a_rotation_reach_visits(province: Province) -> None:
    """One leaves as the other comes, planned or past; visits has neither gap nor double."""
    second, third = official(province, "Lê Văn Hai"), official(province, "Phạm Thị Ba")
    held = province.assignments["commune_follower"]
    [(first, _, _)] = followers(province, "2026-01-01")
    terms = {"legal_basis": "Quyết định 215-QĐ/TU"}
    given = terms | {"on": "2026-02-01", "official": second}
    started = change(province, f"/assignments/{held}/handover", given, 201)["started"]
    moves = [{"assignment": started["id"], "official": third}]
    change(province, "/rotations", terms | {"on": "2099-01-01", "moves": moves, "dry_run": False})
    assert followers(province, "2026-01-31") == [(first, "2020-01-01", "2026-02-01")]
    assert followers(province, "2026-02-01") == [("Lê Văn Hai", "2026-02-01", "2099-01-01")]
    assert followers(province, "2099-01-01") == [("Phạm Thị Ba", "2099-01-01", None)]


def test_a_rule_set_brings_its_cadences(province: Province) -> None:
    """Applied, each cadence is what the set says; what is set by hand afterwards stays when all is told again."""
    rules = province.get("assignments", "/rules")
    follower = next(post for post in rules["posts"] if post["code"] == "commune_follower")
    cadence = {"activity": "visit", "every_days": 14, "remind_before": 3, "tell_post": "provincial_leader"}
    follower["cadences"] = [cadence | {"source": "Quy định 02"}]
    province.post("assignments", "/rules/applications", {"rules": rules, "dry_run": False}, expect=200)
    province.settle()

    def visits() -> tuple[int, str]:
        found = province.get("visits", "/cadence/rules")["items"]
        [rule] = [each for each in found if (each["post"], each["activity"]) == ("commune_follower", "visit")]
        return rule["every_days"], rule["tell_post"]

    assert visits() == (14, "provincial_leader")
    own = {"every_days": 21, "remind_before": 3, "source": "Quyết định 9"}
    province.call("visits", "PUT", "/cadence/rules/commune_follower/visit", own, headers=ANY)
    with province.apis.system.sessions["assignments"].begin() as session:
        republish(session)
    province.settle()
    assert visits()[0] == 21
