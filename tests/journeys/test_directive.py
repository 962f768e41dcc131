"""A directive of the province reaches every follower of a district's communes, is read, passed on and counted."""

from datetime import timedelta

from services.notifications.directives.expanding import expand
from shared import clock
from tests.journeys.conftest import COMMUNE, OTHER, PROVINCE, SINCE, TOWN, Province, appoint


def test_from_the_province_to_the_followers_of_a_district(province: Province) -> None:
    """Told with the reason, read, passed on; who has not is on a list and is reminded; others never hear of it."""
    appoint(province, "commune_follower", {"unit": OTHER}, "Trần Thị Sáu")
    other = province.people["commune_follower"]
    someone = province.post(
        "assignments", "/officials", {"full_name": "Lê Bảy", "given_name": "Bảy", "unit": PROVINCE}
    )["id"]
    holds = {"official": someone, "post": "commune_follower", "unit": COMMUNE, "valid_from": SINCE}
    province.post("assignments", "/assignments", holds | {"legal_basis": "Quyết định 182"})
    province.settle()

    given = {"unit": TOWN, "number": "12-CV/TU", "issuer": "Văn phòng Tỉnh ủy", "posts": ["commune_follower"]}
    words = {"title": "Phòng, chống hạn mặn", "body": "Đề nghị truyền đạt đến cấp ủy cơ sở."}
    last_day = {"pass_on_by": str(clock.today() + timedelta(days=10)), "remind_before_days": 3}
    made = province.post("notifications", "/directives", given | words | last_day)
    sessions = province.apis.system.sessions["notifications"]
    expand(sessions)
    told = province.get("notifications", f"/directives/{made['id']}/receipts")["items"]
    assert {other, someone} < {each["official_id"] for each in told} and len(told) == 3
    assert province.inbox("provincial_leader") == [] and province.inbox("district_overseer") == []

    [item] = province.inbox("commune_follower")
    assert item["directive"]["number"] == "12-CV/TU" and item["reasons"][0]["legal_basis"] == "Quyết định 182"
    province.post("notifications", f"/notifications/{item['id']}/acknowledgement", {}, expect=200)
    passed = {"on": str(clock.today()), "to": "Hội nghị cán bộ chủ chốt xã", "note": "41 người dự."}
    mine = f"/directives/{made['id']}/receipts/{other}"
    province.post("notifications", f"{mine}/passing-on", passed, expect=200)

    figures = province.get("notifications", f"/directives/{made['id']}/statistics")["items"]
    by_unit = {each["name"]: (each["addressed"], each["read"], each["passed_on"]) for each in figures}
    assert by_unit == {"Xã Sơn Đông": (1, 1, 1), "Xã Bình Phú": (2, 0, 0)}
    path = f"/directives/{made['id']}/receipts?missing=passed_on"
    waiting = {each["official_id"] for each in province.get("notifications", path)["items"]}
    assert someone in waiting and other not in waiting
    with clock.frozen(clock.now() + timedelta(days=8)):
        expand(sessions)
    reminded = province.get("notifications", f"/inbox?official={someone}")["items"]
    assert [each["kind"] for each in reminded] == ["reminder", "directive"]
    assert len(province.inbox("commune_follower")) == 1
