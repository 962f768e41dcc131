"""The thirteen weaknesses that the review conference of 12 April 2017 named: each is answered by something a person
can do or see. One journey each, in the order of the conference."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from shared import clock
from tests.journeys.conftest import COMMUNE, OTHER, PROVINCE, TOWN, Province

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 08:00 on a Monday in Việt Nam
ACTION = "Nạo vét kênh Bà Tư, đoạn từ cống số 2 đến cầu Ấp 3, dài 400 mét."


def planned(province: Province, post: str = "commune_follower", **changes: Any) -> dict[str, Any]:
    """A visit to the commune in the next days."""
    start = clock.now() + timedelta(days=1)
    given = {"unit": COMMUNE, "purpose": "committee_meeting", "subject": "Dự họp Ban Chấp hành"}
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
    return dict(province.post("visits", "/visits", given | times | {"official": province.people[post]} | changes))


def carried_out(province: Province, visit: dict[str, Any], version: int = 1) -> dict[str, Any]:
    """The visit took place."""
    body = {"attended": 12, "summary": "Họp đủ thành phần."}
    return moved(province, f"/visits/{visit['id']}/carry-out", body, version)


def moved(province: Province, path: str, body: dict[str, Any], version: int) -> dict[str, Any]:
    """POST a change of that version."""
    made = 201 if path.startswith("/feedback") else 200  # an answer of the commune is a record of its own
    return dict(province.post("visits", path, body, expect=made, headers={"If-Match": f'"{version}"'}))


def advice(province: Province, **changes: Any) -> dict[str, Any]:
    """Feedback that can be acted on."""
    given = {
        "official": province.people["commune_follower"],
        "unit": COMMUNE,
        "form": "formal",
        "addressee": {"kind": "committee"},
        "text": "Kênh Bà Tư bồi lắng, nước không về ruộng của Ấp 3 trong vụ này.",
        "action": ACTION,
        "due_on": str(clock.today() + timedelta(days=20)),
    }
    return given | changes


def test_1_have_not_studied_the_plan_and_the_rule(province: Province) -> None:
    """Who has not read what must be read, or not studied the own mandate, is on a list until they have."""
    paper = {"number": "02-QĐi/TU", "issuer": "Tỉnh ủy Bến Tre", "issued_on": "2016-03-14", "title": "Quy định 02"}
    concerned = {"unit": PROVINCE, "posts": ["commune_follower"]}
    document = province.post("assignments", "/documents", paper | concerned)
    follower, assignment = province.people["commune_follower"], province.assignments["commune_follower"]
    unread = f"/documents/{document['id']}/unread"
    assert [each["id"] for each in province.get("assignments", unread)["items"]] == [follower]
    assert assignment in [each["id"] for each in province.get("assignments", "/mandates/unread")["items"]]
    province.post("assignments", f"/documents/{document['id']}/readings", {"official": follower})
    province.call("assignments", "PUT", f"/assignments/{assignment}/mandate/reading")
    assert province.get("assignments", unread)["items"] == []
    assert assignment not in [each["id"] for each in province.get("assignments", "/mandates/unread")["items"]]


def test_2_visits_badly_timed(province: Province) -> None:
    """A second visit at the same hour is refused with the one it meets, and a calendar shows what is planned."""
    visit = planned(province)
    again = {"unit": COMMUNE, "purpose": "inspection", "subject": "Kiểm tra"}
    again["official"] = province.people["commune_follower"]
    times = {name: visit[name] for name in ("starts_at", "ends_at")}
    refused = province.post("visits", "/visits", again | times, expect=409)
    assert visit["id"] in str(refused)
    feed = province.post("visits", "/calendar-feeds", {"official": province.people["commune_follower"]})
    path = "/" + feed["address"].split("/api/visits/v1/")[1]
    shown = Calendar.from_ical(province.get("visits", path))
    assert [str(event["SUMMARY"]) for event in shown.walk("VEVENT") if "họp" in str(event["SUMMARY"])]


def test_3_unclear_what_to_follow(province: Province) -> None:
    """The scope of each assignment is written down, from a template of the post."""
    mandate = province.get("assignments", f"/assignments/{province.assignments['commune_follower']}/mandate")
    assert "xây dựng Đảng" in mandate["scope_vi"] and mandate["scope_en"] and not mandate["scope_is_own"]


def test_4_powers_not_used(province: Province) -> None:
    """Powers are listed with the assignment; a report shows whose duties were never exercised."""
    mandate = province.get("assignments", f"/assignments/{province.assignments['commune_follower']}/mandate")
    assert {"feedback", "petition"} <= {power["code"] for power in mandate["powers"]}
    follower = province.people["commune_follower"]

    def never() -> list[str]:
        unused = province.get("visits", f"/unused-duties?official={follower}")["items"]
        return [activity for each in unused for activity in each["never"]]

    assert "visit" in never()
    carried_out(province, planned(province, **past()))
    assert "visit" not in never() and "report" in never()


def past() -> dict[str, str]:
    """Times of a visit that is over."""
    start = clock.now() - timedelta(hours=5)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}


def test_5_rarely_in_contact_do_not_check_or_urge(province: Province) -> None:
    """A visit that is overdue is listed, and so is a commune of which nothing was heard."""
    follower = province.people["commune_follower"]
    overdue = f"/cadence/due?official={follower}&state=overdue"
    assert "visit" in [each["activity"] for each in province.get("visits", overdue)["items"]]
    silent = province.get("visits", f"/silent-communes?unit={TOWN}&days=30")["items"]
    assert COMMUNE in [each["unit"]["code"] for each in silent]
    carried_out(province, planned(province, **past()))
    assert "visit" not in [each["activity"] for each in province.get("visits", overdue)["items"]]
    silent = province.get("visits", f"/silent-communes?unit={TOWN}&days=30")["items"]
    assert COMMUNE not in [each["unit"]["code"] for each in silent]


def test_6_give_no_feedback(province: Province) -> None:
    """A visit closes with feedback, or with the reason why there is none; with neither it does not."""
    visit = carried_out(province, planned(province, **past()))
    close = f"/visits/{visit['id']}/close"
    headers = {"If-Match": f'"{visit["version"]}"'}
    province.post("visits", close, {}, expect=422, headers=headers)
    given = province.post("visits", "/feedback", advice(province, visit=visit["id"]))
    assert moved(province, close, {"feedback": [given["id"]]}, visit["version"])["closed_at"]
    second = carried_out(province, planned(province, **earlier()))
    reason = {"no_feedback_reason": "Chỉ dự sinh hoạt, không có nội dung cần góp ý."}
    assert moved(province, f"/visits/{second['id']}/close", reason, second["version"])["closed_at"]


def earlier() -> dict[str, str]:
    """Times of a visit that was over the day before."""
    start = clock.now() - timedelta(days=1, hours=5)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}


def test_7_feedback_is_general(province: Province) -> None:
    """General wording is flagged; what names addressee, action and day is followed up until it is done."""
    general = advice(province, text="Đề nghị tiếp tục quan tâm, tăng cường công tác chỉ đạo.", action=None)
    flagged = province.post("visits", "/feedback", general, expect=422)
    assert "flags" in flagged
    given = province.post("visits", "/feedback", advice(province))
    assert given["addressee"]["kind"] == "committee" and given["action"] == ACTION and given["due_on"]
    answer = {"move": "accept", "text": "UBND xã nạo vét trước ngày 20.", "by": "Chủ tịch UBND xã"}
    accepted = moved(province, f"/feedback/{given['id']}/moves", answer, given["version"])
    done = {"move": "done", "text": "Đã nạo vét 400 mét."}
    assert moved(province, f"/feedback/{given['id']}/moves", done, accepted["version"])["state"] == "done"


def test_8_loose_coordination_with_the_district_and_the_cluster_overseer(province: Province) -> None:
    """An escalation reaches follower, district, cluster and standing body; who has seen it when is on record."""
    issue = province.report()
    province.post("visits", f"/issues/{issue['id']}/escalations", {"reason": "Vượt khả năng của xã."})
    province.settle()
    posts = ("commune_follower", "district_overseer", "cluster_overseer", "district_standing_body")
    told = {post: [each for each in province.inbox(post) if each["issue"]] for post in posts}
    assert all(len(entries) == 1 for entries in told.values())
    mine = told["cluster_overseer"][0]["id"]
    province.post("notifications", f"/notifications/{mine}/acknowledgement", {}, expect=200)
    province.settle()
    (escalation,) = province.get("visits", f"/issues/{issue['id']}/escalations")["items"]
    assert escalation["acknowledged"]["official_id"] == province.people["cluster_overseer"]
    assert escalation["acknowledged"]["at"] > escalation["escalated_at"]


def test_9_pressing_matters_not_settled(province: Province) -> None:
    """A pressing issue ages on the list until it is settled, which needs words of what was done and who checked."""
    issue = province.report(category="security", title="Mất an ninh trật tự ban đêm")
    moves = f"/issues/{issue['id']}/moves"
    open_now = province.get("visits", f"/overview?unit={TOWN}")["issues"]
    assert open_now["open"] == 1 and sum(each["open"] for each in open_now["by_age"]) == 1
    handler = province.people["commune_follower"]
    now = moved(province, moves, {"move": "accept"}, issue["version"])
    now = moved(province, moves, {"move": "assign", "handler": handler}, now["version"])
    now = moved(province, moves, {"move": "discuss", "text": "Lập chốt tuần tra ban đêm ở Ấp 3."}, now["version"])
    stale = {"headers": {"If-Match": '"1"'}}
    province.post("visits", moves, {"move": "start"}, expect=412, **stale)
    headers = {"headers": {"If-Match": f'"{now["version"]}"'}}
    refused = province.post("visits", moves, {"move": "resolve"}, expect=422, **headers)
    assert "text" in str(refused)
    now = moved(
        province, moves, {"move": "resolve", "text": "Đã tuần tra hai tuần, không còn vụ việc."}, now["version"]
    )
    assert province.get("visits", f"/overview?unit={TOWN}")["issues"]["open"] == 0
    assert moved(province, moves, {"move": "verify", "rating": 5}, now["version"])["state"] == "verified"
    told = [line["kind"] for line in province.get("visits", f"/issues/{issue['id']}/timeline")["items"]]
    assert len(told) == 6


def test_10_do_not_know_the_real_situation(province: Province) -> None:
    """Of each commune it is seen when it was last visited, last reported on, and when it last raised something."""
    province.report()
    carried_out(province, planned(province, **past()))
    fresh = {each["unit"]["code"]: each for each in province.get("visits", f"/freshness?unit={TOWN}")["items"]}
    today = str(clock.today())
    assert (
        fresh[COMMUNE]["last_issue"] == today and fresh[COMMUNE]["last_visit"] and not fresh[COMMUNE]["last_report"]
    )
    assert fresh[OTHER]["last_heard"] is None


def test_11_province_and_district_not_close(province: Province) -> None:
    """A joint visit counts for both and raises their share; both write in one thread of the issue."""
    partners = [{"official": province.people["cluster_overseer"]}]
    carried_out(province, planned(province, purpose="joint", partners=partners, **past()))
    overview = province.get("visits", f"/overview?unit={TOWN}")
    assert (overview["visits"]["joint"], overview["visits"]["joint_share"]) == (1, 1.0)
    issue = province.report()
    for post in ("commune_follower", "district_overseer"):
        said = {"text": f"Ý kiến của {post}.", "official": province.people[post]}
        province.post("visits", f"/issues/{issue['id']}/comments", said)
    thread = str(province.get("visits", f"/issues/{issue['id']}/thread"))
    assert "commune_follower" in thread and "district_overseer" in thread


def test_12_afraid_to_comment(province: Province) -> None:
    """Restricted feedback does not exist for those who may only read; the rate of feedback is seen."""
    given = province.post("visits", "/feedback", advice(province, restricted=True))
    readers = {"headers": province.reading_only()}
    province.call("visits", "GET", f"/feedback/{given['id']}", expect=404, **readers)
    assert province.call("visits", "GET", "/feedback", **readers)["items"] == []
    assert "feedback_rate" in province.get("visits", f"/overview?unit={TOWN}")["visits"]


def test_13_not_close_to_the_grassroots(province: Province) -> None:
    """The commune says how an official cooperates, and contacts are counted."""
    follower = province.people["commune_follower"]
    month = f"{clock.today():%Y-%m}"
    rating = {"unit": COMMUNE, "official": follower, "month": month, "score": 4, "comment": "Sâu sát, kịp thời."}
    province.post("visits", "/cooperation-ratings", rating)
    (average,) = province.get("visits", f"/cooperation-averages?official={follower}")["items"]
    assert average["average"] == 4
    carried_out(province, planned(province, **past()))
    (count,) = province.get("visits", f"/contact-counts?official={follower}")["items"]
    assert count["visit"] == 1
