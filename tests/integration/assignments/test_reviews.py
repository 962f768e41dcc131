"""Review campaigns: one by one decided, together applied."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from tests.integration.assignments.conftest import Api, Desk

ANY = {"If-Match": "*"}
TODAY = clock.today()
CAMPAIGN = {
    "name": "Rà soát phân công theo dõi ấp",
    "unit": "83",
    "posts": ["hamlet_follower"],
    "deadline": str(TODAY + timedelta(days=30)),
    "effective_on": str(TODAY + timedelta(days=45)),
    "legal_basis": "Kế hoạch 45-KH/TU",
}


@pytest.fixture
def held(api: Api, desk: Desk) -> list[dict[str, Any]]:
    """Three hamlets of Giồng Trôm and one of the town have followers."""
    hamlets = [
        api.made("/hamlets", unit=unit, name=f"Ấp {n}", valid_from="2020-01-01")
        for n, unit in enumerate(("28993", "28993", "28984", "28756"))
    ]
    return [desk.assign(desk.official(), "hamlet_follower", hamlet=each["id"]) for each in hamlets]


def decide(api: Api, campaign: dict[str, Any], assignment: dict[str, Any], **given: Any) -> Any:
    """Decide on an assignment."""
    given = {"reason": "Đã xem xét."} | given
    return api("PUT", f"/reviews/{campaign['id']}/items/{assignment['id']}", given, **ANY)


def test_districts_decide_and_all_becomes_real_together(
    api: Api, desk: Desk, held: list[dict[str, Any]], api_with: Callable[..., Api]
) -> None:
    """Keep, change, end, each with a reason; progress by district; nothing happens before, all of it then."""
    campaign = api.made("/reviews", **CAMPAIGN)
    assert (campaign["total"], campaign["decided"], campaign["overdue"]) == (4, 0, False)
    district, town = api_with(territories=("83/834/",)), api_with(territories=("83/829/",))
    next_one = desk.official("Lê Cường")
    assert len(district.items(f"/reviews/{campaign['id']}/items?decision=undecided")) == 3
    assert decide(district, campaign, held[0], decision="keep").status_code == 200
    change = {"decision": "change", "official": next_one["id"], "note": "Ấp có 40 hộ nghèo."}
    assert decide(district, campaign, held[1], **change).status_code == 200
    assert decide(district, campaign, held[2], decision="keep").status_code == 200
    again = decide(district, campaign, held[2], decision="end", reason="Ấp đã sáp nhập.")
    assert again.status_code == 200 and again.headers["ETag"] == '"2"'
    assert decide(town, campaign, held[0], decision="end").status_code == 404
    rows = {each["unit"]["code"]: each for each in api.items(f"/reviews/{campaign['id']}/progress")}
    assert {code: (row["total"], row["keep"], row["change"], row["end"]) for code, row in rows.items()} == {
        "829": (1, 0, 0, 0),
        "834": (3, 1, 1, 1),
    }
    path = f"/reviews/{campaign['id']}/application"
    assert town.post(path, {}, **ANY).status_code == 403
    seen = api.post(path, {}, **ANY).json or {}
    assert (len(seen["ends"]), len(seen["starts"]), seen["kept"], seen["undecided"]) == (2, 1, 1, 1)
    refused = api.post(path, {"dry_run": False}, **ANY)
    assert refused.status_code == 409 and list((refused.json or {})["errors"]) == ["keep_undecided"]
    assert decide(town, campaign, held[3], decision="keep").status_code == 200
    assert all(each["valid_to"] is None for each in api.items("/assignments"))
    assert api.post(path, {"dry_run": False}, **{"If-Match": '"5"'}).status_code == 412
    assert api.get(f"/reviews/{campaign['id']}").headers["ETag"] == '"6"'
    done = api.post(path, {"dry_run": False}, **{"If-Match": '"6"'})
    assert done.status_code == 200 and done.headers["ETag"] == '"7"', done.text
    ends = {each["id"]: each["valid_to"] for each in api.items("/assignments")}
    on = CAMPAIGN["effective_on"]
    assert [ends[each["id"]] for each in held] == [None, on, on, None]
    [new] = [each for each in api.items("/assignments") if each["succeeds"] == held[1]["id"]]
    assert (new["official"]["full_name"], new["valid_from"], new["handover_note"], new["legal_basis"]) == (
        "Lê Cường",
        on,
        "Ấp có 40 hộ nghèo.",
        "Kế hoạch 45-KH/TU",
    )
    [now, _] = api.items(f"/assignments/{held[2]['id']}/history")
    assert (now["change"], now["reason"]) == ("reviewed", "Ấp đã sáp nhập.")
    said = api.items(f"/reviews/{campaign['id']}/history")
    assert [each["assignment_id"] for each in said] == [held[n]["id"] for n in (0, 1, 2, 2, 3)]
    assert [each["decision"] for each in said] == ["keep", "change", "keep", "end", "keep"]
    changed = said[1]
    assert changed["holder"] == held[1]["official"] and changed["place"] == held[1]["hamlet"]
    assert (changed["territory"]["code"], changed["official"]["full_name"]) == ("28993", "Lê Cường")
    assert changed["decided_by"] and changed["decided_by_name"] is None
    assert decide(district, campaign, held[0], decision="end").status_code == 409
    assert api.post(path, {"dry_run": False}, **ANY).status_code == 409


def test_what_is_listed_goes_by_unit_and_says_what_may_be_done(
    api: Api, held: list[dict[str, Any]], api_with: Callable[..., Api]
) -> None:
    """By unit, the hamlets with their commune, page by page; who may only read is told so, and who decided is
    named if it was an official."""
    campaign = api.made("/reviews", **CAMPAIGN)
    path = f"/reviews/{campaign['id']}"
    order = [held[n]["id"] for n in (3, 2, 0, 1)]  # 829/28756, 834/28984, 834/28993 twice
    found, cursor = [], ""
    while cursor is not None:
        seen = api.get(f"{path}/items?limit=1{cursor and f'&cursor={cursor}'}").json or {}
        found += [(each["assignment"]["id"], each["territory"]["code"]) for each in seen["items"]]
        cursor = seen["next_cursor"]
    assert [each for each, _ in found] == order
    assert [code for _, code in found] == ["28756", "28984", "28993", "28993"]
    officer = held[0]["official"]
    district = api_with(territories=("83/834/",), official=officer["id"])
    reader = api_with(territories=("83/",), scopes={"assignments:read"})
    for who, may in ((api, (True, True)), (district, (True, False)), (reader, (False, False))):
        shown = who.get(path).json or {}
        assert (shown["may_decide"], shown["may_conclude"]) == may
    alone = reader.get(f"{path}/items/{held[0]['id']}")
    assert alone.status_code == 200 and alone.headers["ETag"] == '"0"'
    assert district.get(f"{path}/items/{held[3]['id']}").status_code == 404
    assert decide(district, campaign, held[0], decision="end").status_code == 200
    [taken] = api.items(f"{path}/history")
    assert taken["decided_by_name"] == officer["full_name"]
    stopped = api.post(f"{path}/cancellation", {"reason": "Thôi."}, **ANY)
    assert stopped.status_code == 200 and not (stopped.json or {})["may_conclude"]


def test_the_outcome_of_a_great_campaign_is_a_short_answer(
    api: Api, desk: Desk, monkeypatch: pytest.MonkeyPatch, held: list[dict[str, Any]]
) -> None:
    """The first of each list, with how many there are; all of it is done."""
    monkeypatch.setattr("services.assignments.reviews.rules.SHOWN_MAX", 2)
    campaign = api.made("/reviews", **CAMPAIGN)
    for each in held:
        assert decide(api, campaign, each, decision="change", official=desk.official()["id"]).status_code == 200
    path = f"/reviews/{campaign['id']}/application"
    for dry_run in (True, False):
        said = api.post(path, {"dry_run": dry_run}, **ANY).json or {}
        assert [len(said[name]) for name in ("ends", "starts", "refusals", "gone")] == [2, 2, 0, 0]
        totals = [said[f"{name}_total"] for name in ("ends", "starts", "refusals", "gone")]
        assert totals == [4, 4, 0, 0]
    assert sum(each["valid_to"] == CAMPAIGN["effective_on"] for each in api.items("/assignments")) == 4


def test_what_nobody_finishes_is_seen(api: Api, held: list[dict[str, Any]]) -> None:
    """Past the deadline with something undecided it is overdue; all decided, or cancelled, it is not."""
    campaign, other = api.made("/reviews", **CAMPAIGN), api.made("/reviews", **CAMPAIGN | {"unit": "829"})
    assert api.items("/reviews?overdue=true") == []
    with clock.frozen(datetime.now(UTC) + timedelta(days=31)):
        late = [each["id"] for each in api.items("/reviews?overdue=true")]
        assert late == [other["id"], campaign["id"]]
        assert decide(api, other, held[3], decision="keep").status_code == 200
        stopped = api.post(f"/reviews/{campaign['id']}/cancellation", {"reason": "Chờ sắp xếp."}, **ANY)
        assert stopped.status_code == 200 and (stopped.json or {})["closing_note"] == "Chờ sắp xếp."
        assert api.items("/reviews?overdue=true") == []
        assert [each["state"] for each in api.items("/reviews?state=cancelled")] == ["cancelled"]


def test_one_wrong_decision_stops_all_of_it(api: Api, desk: Desk, held: list[dict[str, Any]]) -> None:
    """Who takes over has left meanwhile: the dry run says so, and nothing is applied; what ended by itself is gone
    from it."""
    campaign = api.made("/reviews", **CAMPAIGN)
    person = desk.official()
    assert decide(api, campaign, held[0], decision="change", official=person["id"]).status_code == 200
    assert decide(api, campaign, held[1], decision="end").status_code == 200
    assert decide(api, campaign, held[2], decision="end").status_code == 200
    ended = api.post(f"/assignments/{held[2]['id']}/end", {"valid_to": str(TODAY)}, **ANY)
    assert ended.status_code == 200
    api("PATCH", f"/officials/{person['id']}", {"active": False}, **{"If-Match": '"1"'})
    path, given = f"/reviews/{campaign['id']}/application", {"keep_undecided": True}
    seen = api.post(path, given, **ANY).json or {}
    assert [(each["move"], each["field"]) for each in seen["refusals"]] == [(0, "official")]
    assert seen["gone"] == [held[2]["id"]]
    refused = api.post(path, given | {"dry_run": False}, **ANY)
    assert refused.status_code == 409 and list((refused.json or {})["errors"]) == ["moves.0.official"]
    assert (api.get(f"/assignments/{held[1]['id']}").json or {})["valid_to"] is None


def test_bad_campaigns_and_decisions_are_named(
    api: Api, desk: Desk, held: list[dict[str, Any]], subtests: pytest.Subtests
) -> None:
    """The field, and nothing is recorded."""
    for change, field in (
        ({"posts": ["king"]}, "posts"),
        ({"posts": ["provincial_leader"]}, "posts"),
        ({"posts": []}, "posts"),
        ({"unit": "00000"}, "unit"),
        ({"deadline": "2020-01-01"}, "deadline"),
        ({"effective_on": CAMPAIGN["deadline"]}, "effective_on"),
        ({"document": held[0]["id"]}, "document"),
        ({"name": ""}, "name"),
    ):
        with subtests.test(change=change):
            answer = api.post("/reviews", CAMPAIGN | change)
            assert answer.status_code == 422 and list((answer.json or {})["errors"]) == [field], answer.text
    campaign = api.made("/reviews", **CAMPAIGN)
    for given, field in (
        ({"decision": "change"}, "official"),
        ({"decision": "keep", "official": desk.official()["id"]}, "official"),
        ({"decision": "change", "official": held[0]["official"]["id"]}, "official"),
        ({"decision": "change", "official": held[0]["id"]}, "official"),
        ({"decision": "perhaps"}, "decision"),
        ({"decision": "keep", "reason": " "}, "reason"),
    ):
        with subtests.test(given=given):
            answer = decide(api, campaign, held[0], **given)
            assert answer.status_code == 422 and list((answer.json or {})["errors"]) == [field], answer.text
    assert (api.get(f"/reviews/{campaign['id']}").json or {})["decided"] == 0
