"""What an assignment is to follow, its duties and powers, and whether they were studied."""

from collections.abc import Callable

from tests.integration.assignments.conftest import Api, Desk

ANY = {"If-Match": "*"}


def test_a_mandate_says_what_to_follow(api: Api, desk: Desk) -> None:
    """The post's template, unless the assignment has words of its own; with sourced duties and powers."""
    official = desk.official()
    plain = desk.assign(official, "commune_follower", unit="28993")
    own = desk.assign(official, "commune_follower", unit="28789", scope_note="Chỉ theo dõi xây dựng nông thôn mới")
    shown = api.get(f"/assignments/{plain['id']}/mandate").json or {}
    assert not shown["scope_is_own"] and shown["scope_vi"].startswith("Theo dõi toàn diện")
    assert {each["code"] for each in shown["duties"]} >= {"visit", "meetings", "report"}
    assert {each["code"] for each in shown["powers"]} >= {"feedback", "petition"}
    assert all(each["source"] for each in shown["duties"] + shown["powers"])
    shown = api.get(f"/assignments/{own['id']}/mandate").json or {}
    assert shown["scope_is_own"] and shown["scope_vi"] == "Chỉ theo dõi xây dựng nông thôn mới"


def test_a_mandate_is_on_the_list_until_it_is_studied(api: Api, desk: Desk) -> None:
    """The first study counts."""
    assignment = desk.assign(desk.official(), "commune_follower", unit="28993")
    assert [each["id"] for each in api.items("/mandates/unread")] == [assignment["id"]]
    first = api("PUT", f"/assignments/{assignment['id']}/mandate/reading").json or {}
    again = api("PUT", f"/assignments/{assignment['id']}/mandate/reading").json or {}
    assert api.items("/mandates/unread") == [] and first["read_at"] and first == again


def test_charges_of_a_post_are_rows(api: Api, desk: Desk, api_with: Callable[..., Api]) -> None:
    """A new one is on every mandate of the post, an inactive one on none; only a nationwide client changes them."""
    assignment = desk.assign(desk.official(), "commune_follower", unit="28993")
    new = {"kind": "duty", "position": 9, "text_vi": "Dự sinh hoạt chi bộ ấp.", "text_en": "Attend cell meetings."}
    new["source"] = "Quy định 02"
    path = "/posts/commune_follower/charges/cells"
    assert api("PUT", path, new).status_code == 428
    assert api("PUT", path, new, **ANY).status_code == 200
    duties = (api.get(f"/assignments/{assignment['id']}/mandate").json or {})["duties"]
    assert [each["code"] for each in duties][-1] == "cells"
    assert api("PUT", path, new, **{"If-Match": '"0"'}).status_code == 412
    assert api("PUT", path, new | {"active": False}, **{"If-Match": '"1"'}).status_code == 200
    duties = (api.get(f"/assignments/{assignment['id']}/mandate").json or {})["duties"]
    assert "cells" not in [each["code"] for each in duties]
    assert api_with(territories=("83/",))("PUT", path, new, **ANY).status_code == 403
    assert api("PUT", "/posts/nobody/charges/cells", new, **ANY).status_code == 404


def test_the_scope_of_a_post_is_a_row(api: Api, desk: Desk) -> None:
    """Changed by who read it; every mandate of the post without words of its own says it."""
    path = "/posts/commune_follower/scope"
    read = api.get(path)
    new = {"text_vi": "Theo dõi cả ba mặt.", "text_en": "All three sides.", "source": "Quy định 02"}
    assert api("PUT", path, new).status_code == 428
    changed = api("PUT", path, new, **{"If-Match": read.headers["ETag"]})
    assert changed.json == new | {"version": 2} and changed.headers["ETag"] == '"2"'
    assignment = desk.assign(desk.official(), "commune_follower", unit="28993")
    assert (api.get(f"/assignments/{assignment['id']}/mandate").json or {})["scope_vi"] == "Theo dõi cả ba mặt."
    assert api.get("/posts/provincial_leader/scope").status_code == 404
    assert api("PUT", "/posts/provincial_leader/scope", new, **ANY).status_code == 200
