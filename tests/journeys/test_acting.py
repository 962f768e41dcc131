"""An escalation is handed over, declined, taken and given back; everybody concerned hears of it, and the clock goes
on until somebody has it."""

from datetime import timedelta
from typing import Any

from services.visits.ladder.sweep import climb
from shared import clock
from tests.journeys.conftest import Province

WHY = "Tôi đi công tác tỉnh ngoài đến hết tháng."


def say(province: Province, post: str, answer: str, **more: Any) -> dict[str, Any]:
    """The holder of a post answers to what came last, and everybody hears of it."""
    asked = next(each for each in province.inbox(post) if each["kind"] != "reminder")
    path = f"/notifications/{asked['id']}/answers"
    shown = province.post("notifications", path, {"answer": answer} | more, expect=200)
    province.settle()
    return dict(shown)


def kinds(province: Province, post: str) -> list[str]:
    """What the holder of a post found in the inbox, newest first: reminders by their kind."""
    return [(each["reminder"] or each)["kind"] for each in province.inbox(post)]


def test_handed_over_declined_taken_and_given_back(province: Province) -> None:
    """The follower hands it to a leader, who declines; the follower declines, too, and it falls to the overseer,
    who takes it and gives it back; nobody takes it, and it climbs."""
    issue = province.report()
    path = f"/issues/{issue['id']}"
    province.post("visits", f"{path}/escalations", {"reason": "Vượt khả năng của xã."})
    province.settle()
    leader = province.people["provincial_leader"]
    say(province, "commune_follower", "handed_over", reason=WHY, to=leader)
    assert kinds(province, "provincial_leader") == ["handover"]
    assert province.get("visits", path)["state"] == "escalated"
    say(province, "provincial_leader", "declined", reason="Việc này thuộc cán bộ theo dõi xã.")
    assert kinds(province, "commune_follower") == ["handover", "escalation"]
    say(province, "commune_follower", "handed_over", reason=WHY, to=leader)
    say(province, "provincial_leader", "declined", reason="Việc này thuộc cán bộ theo dõi xã.")

    by_routing = province.inbox("commune_follower")[-1]
    not_mine = {"answer": "declined", "reason": "Tôi đã chuyển công tác từ tháng trước."}
    province.post("notifications", f"/notifications/{by_routing['id']}/answers", not_mine, expect=200)
    province.settle()
    [doubt] = province.get("assignments", "/assignment-doubts?settled=false")["items"]
    assert doubt["official_id"] == province.people["commune_follower"] and doubt["issue_code"] == issue["code"]
    assert doubt["held"][0]["assignment_id"] == province.assignments["commune_follower"]
    heir = province.inbox("district_overseer")[0]
    assert (heir["kind"], heir["passed"]["way"]) == ("handover", "declined")
    assert any(each["standing_in_for"] for each in heir["reasons"])

    assert say(province, "district_overseer", "taken")["answer"] == "taken"
    shown = province.get("visits", path)
    assert (shown["state"], shown["handler"]["id"]) == ("acknowledged", province.people["district_overseer"])
    rest = ("cluster_overseer", "district_standing_body", "provincial_leader")
    assert all(kinds(province, post)[0] == "escalation_taken" for post in rest[:2])
    assert "escalation_taken" not in kinds(province, "district_overseer")

    say(province, "district_overseer", "returned", reason=WHY)
    assert province.get("visits", path)["state"] == "escalated"
    assert kinds(province, "cluster_overseer")[:2] == ["escalation_returned", "escalation_taken"]
    with clock.frozen(clock.now() + timedelta(days=9)):
        climb(province.apis.system.sessions["visits"])
        province.settle()
    assert province.get("visits", path)["step"] == 2
    lines = province.get("visits", f"{path}/timeline?limit=100")["items"]
    said = [line["data"]["answer"] for line in lines if line["kind"] == "answered"]
    assert said == [
        "handed_over", "declined", "handed_over", "declined", "declined", "taken", "returned",
    ]  # fmt: skip
    assert [line["kind"] for line in lines].count("rerouted") == 1
    assert province.inbox("provincial_leader")[0]["kind"] == "escalation"
