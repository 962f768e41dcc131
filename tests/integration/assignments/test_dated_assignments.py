"""Corrections with their history, planned changes, overlaps, handovers and rotations."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.integration.assignments.conftest import Api, Desk
from tests.support.databases import statements

VERSION_1 = {"If-Match": '"1"'}
ANY = {"If-Match": "*"}
TERMS = {"on": "2027-07-01", "legal_basis": "Quyết định 215-QĐ/TU"}


def holders(api: Api, at: str) -> list[str]:
    """Who is told of an issue of Xã Mỹ Thạnh on a day."""
    return [each["full_name"] for each in (api.get(f"/responsible?unit=28993&at={at}").json or {})["recipients"]]


def test_a_correction_keeps_what_was_recorded(api: Api, desk: Desk) -> None:
    """Another official and other days: each day is answered as now known, the history says who, when and why."""
    wrong, right = desk.official("Nguyễn An"), desk.official("Trần Bình")
    made = desk.assign(wrong, "commune_follower", unit="28993")
    change = {"official": right["id"], "valid_from": "2021-01-01", "reason": "Ghi nhầm người và ngày."}
    path = f"/assignments/{made['id']}"
    assert api.post(f"{path}/corrections", change).status_code == 428
    corrected = api.post(f"{path}/corrections", change, **VERSION_1)
    assert corrected.status_code == 200 and corrected.headers["ETag"] == '"2"', corrected.text
    assert api.post(f"{path}/corrections", change, **VERSION_1).status_code == 412
    assert holders(api, "2020-06-01") == [] and holders(api, "2021-01-01") == ["Trần Bình"]
    now, before = api.items(f"{path}/history")
    assert (now["version"], now["change"], now["reason"]) == (2, "corrected", "Ghi nhầm người và ngày.")
    assert (before["change"], before["official"], before["valid_from"]) == (
        "assigned",
        {"id": wrong["id"], "full_name": "Nguyễn An"},
        "2020-01-01",
    )
    assert {now["recorded_by"], before["recorded_by"]} == {"tester"} and before["recorded_at"] < now["recorded_at"]
    first = api.get(f"{path}/history?limit=1").json or {}
    rest = api.items(f"{path}/history?cursor={first['next_cursor']}")
    assert [first["items"], rest] == [[now], [before]]


def test_an_assignment_that_never_was_is_corrected_away(api: Api, desk: Desk) -> None:
    """It ends on its first day: no day has it, and the record keeps it."""
    made = desk.assign(desk.official("Nguyễn An"), "commune_follower", unit="28993")
    never = {"valid_to": "2020-01-01", "reason": "Quyết định không có tên người này."}
    assert api.post(f"/assignments/{made['id']}/corrections", never, **ANY).status_code == 200
    assert holders(api, "2020-01-01") == [] == holders(api, "2026-01-01")
    assert len(api.items(f"/assignments/{made['id']}/history")) == 2


def test_what_is_planned_counts_from_its_day(api: Api, desk: Desk) -> None:
    """Any day is answered, past or future, with what is known of it."""
    desk.assign(desk.official("Nguyễn An"), "commune_follower", unit="28993", valid_to="2027-07-01")
    desk.assign(desk.official("Trần Bình"), "commune_follower", "2027-07-01", unit="28993")
    assert [holders(api, at) for at in ("2019-12-31", "2020-01-01", "2027-06-30", "2027-07-01", "2999-12-31")] == [
        [],
        ["Nguyễn An"],
        ["Nguyễn An"],
        ["Trần Bình"],
        ["Trần Bình"],
    ]


def test_what_only_one_may_hold_one_holds(api: Api, desk: Desk, api_with: Callable[..., Api]) -> None:
    """A second overseer of a district is refused, whoever is faster; where a post is one of several they are listed
    as an overlap."""
    desk.assign(desk.official("Nguyễn An"), "district_overseer", unit="834", valid_to="2026-01-01")
    second = {"post": "district_overseer", "unit": "834", "legal_basis": "QĐ 1"}
    refused = api.post("/assignments", second | {"official": desk.official()["id"], "valid_from": "2025-12-31"})
    assert refused.status_code == 409 and list((refused.json or {})["errors"]) == ["official"]
    many = [second | {"official": desk.official()["id"], "valid_from": "2026-01-01"} for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda given: api_with().post("/assignments", given).status_code, many))
    assert sorted(answers) == [201, 409, 409, 409]
    body = [desk.holder("district_standing_body", name, unit="834") for name in ("Võ Dũng", "Phan Đức")]
    [overlap] = api.items("/assignments/overlaps")
    assert (overlap["post"], overlap["allowed"], overlap["place"]["name"]) == (
        "district_standing_body",
        True,
        "Huyện Giồng Trôm",
    )
    assert [each["official"]["id"] for each in overlap["assignments"]] == [each["id"] for each in body]
    assert api.items("/assignments/overlaps?at=2019-01-01") == []
    assert api_with(territories=("83/829/",)).items("/assignments/overlaps") == []


def test_a_handover_leaves_no_gap_and_a_note(api: Api, desk: Desk) -> None:
    """One ends and the other starts on the same day, with the planned end, the scope and the note for the next."""
    first, second = desk.official("Nguyễn An"), desk.official("Trần Bình")
    made = desk.assign(first, "commune_follower", unit="28993", valid_to="2029-01-01", scope_note="Ba xã ven sông")
    given = TERMS | {"official": second["id"], "note": "Cống số 2 đang chờ vốn."}
    path = f"/assignments/{made['id']}/handover"
    assert api.post(path, given).status_code == 428
    answer = api.post(path, given, **VERSION_1)
    assert answer.status_code == 201 and answer.json, answer.text
    ended, started = answer.json["ended"], answer.json["started"]
    assert (ended["id"], ended["valid_to"]) == (made["id"], "2027-07-01")
    assert answer.headers["Location"].endswith(f"/assignments/v1/assignments/{started['id']}")
    assert (started["valid_from"], started["valid_to"], started["scope_note"], started["succeeds"]) == (
        "2027-07-01",
        "2029-01-01",
        "Ba xã ven sông",
        made["id"],
    )
    mandate = api.get(f"/assignments/{started['id']}/mandate").json or {}
    assert mandate["handover_note"] == started["handover_note"] == "Cống số 2 đang chờ vốn."
    assert [holders(api, at) for at in ("2027-06-30", "2027-07-01", "2029-01-01")] == [
        ["Nguyễn An"],
        ["Trần Bình"],
        [],
    ]
    for change, field in (
        ({"on": "2019-12-31"}, "on"),
        ({"on": "2027-07-01"}, "on"),
        ({"on": "2021-01-01", "official": first["id"]}, "official"),
        ({"on": "2028-01-01", "official": second["id"]}, "on"),
    ):
        refused = api.post(path, given | change, **ANY)
        assert refused.status_code == 409 and list((refused.json or {})["errors"]) == [field], refused.text


def test_a_rotation_is_seen_before_and_done_whole(
    api: Api, desk: Desk, sessions: sessionmaker[Session], subtests: pytest.Subtests
) -> None:
    """Two swap their communes, a third goes: the preview says all of it; with one wrong move nothing is done."""
    people = [desk.official(name) for name in ("Nguyễn An", "Trần Bình", "Lê Cường")]
    held = [
        desk.assign(person, "commune_follower", unit=unit)
        for person, unit in zip(people, ("28993", "28984", "28987"), strict=True)
    ]
    moves: list[dict[str, Any]] = [
        {"assignment": held[0]["id"], "official": people[1]["id"], "note": "Xã đang xây trường."},
        {"assignment": held[1]["id"], "official": people[0]["id"]},
        {"assignment": held[2]["id"]},
    ]
    seen = api.post("/rotations", TERMS | {"moves": moves})
    assert seen.status_code == 200 and seen.json and seen.json["dry_run"], seen.text
    assert [(each["official"]["full_name"], each["valid_to"]) for each in seen.json["ends"]] == [
        ("Nguyễn An", "2027-07-01"),
        ("Trần Bình", "2027-07-01"),
        ("Lê Cường", "2027-07-01"),
    ]
    assert [(each["official"]["full_name"], each["place"]["name"], each["id"]) for each in seen.json["starts"]] == [
        ("Trần Bình", "Xã Mỹ Thạnh", None),
        ("Nguyễn An", held[1]["unit"]["name"], None),
    ]
    assert seen.json["refusals"] == [] and len(api.items("/assignments")) == 3
    wrong = [*moves, {"assignment": held[0]["id"], "official": people[2]["id"]}]
    looked = api.post("/rotations", TERMS | {"moves": wrong}).json or {}
    assert [(each["move"], each["field"]) for each in looked["refusals"]] == [(3, "assignment")]
    refused = api.post("/rotations", TERMS | {"moves": wrong, "dry_run": False})
    assert refused.status_code == 409 and list((refused.json or {})["errors"]) == ["moves.3.assignment"]
    assert len(api.items("/assignments")) == 3
    done = api.post("/rotations", TERMS | {"moves": moves, "dry_run": False})
    assert done.status_code == 200 and done.json and not done.json["dry_run"], done.text
    assert holders(api, "2027-07-01") == ["Trần Bình"] and len(api.items("/assignments")) == 5
    assert all(each["id"] for each in done.json["starts"])
    [kept, _] = api.items(f"/assignments/{held[2]['id']}/history")
    assert kept["change"] == "rotated"
    unknown = [{"assignment": people[0]["id"]}]
    assert api.post("/rotations", TERMS | {"moves": unknown}).status_code == 404


def test_a_large_rotation_costs_a_constant_number_of_statements(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """Sixty communes change hands with as many statements as two."""
    communes = [each["code"] for each in api.items("/units?level=commune&limit=62")]
    people = [desk.official() for _ in range(4)]
    held = [desk.assign(people[n % 2], "commune_follower", unit=unit) for n, unit in enumerate(communes)]
    counts = []
    for part in (held[:2], held[2:]):
        moves = [{"assignment": each["id"], "official": people[2 + n % 2]["id"]} for n, each in enumerate(part)]
        with statements(sessions) as seen:
            done = api.post("/rotations", TERMS | {"moves": moves, "dry_run": False})
        assert done.status_code == 200 and done.json and len(done.json["starts"]) == len(part), done.text
        counts.append(len([each for each in seen if not each.startswith(("UPDATE", "INSERT INTO assignments"))]))
    assert counts[0] == counts[1]


def test_bad_corrections_and_rotations_are_named(api: Api, desk: Desk, subtests: pytest.Subtests) -> None:
    """The field, and nothing is changed."""
    retired = desk.official()
    api("PATCH", f"/officials/{retired['id']}", {"active": False}, **VERSION_1)
    made = desk.assign(desk.official(), "commune_follower", unit="28993")
    other = desk.official()
    corrections = f"/assignments/{made['id']}/corrections"
    good = {"reason": "Ghi nhầm."}
    nobody = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (corrections, good, "reason"),
        (corrections, {"valid_from": "2021-01-01"}, "reason"),
        (corrections, good | {"official": nobody}, "official"),
        (corrections, good | {"official": retired["id"]}, "official"),
        (corrections, good | {"valid_from": "2003-01-01"}, "valid_from"),
        (corrections, good | {"valid_to": "2019-01-01"}, "valid_to"),
        (corrections, good | {"document": nobody}, "document"),
        (corrections, good | {"legal_basis": ""}, "legal_basis"),
        (corrections, good | {"post": "commune_follower"}, "post"),
        ("/rotations", TERMS | {"moves": []}, "moves"),
        ("/rotations", TERMS | {"moves": [{"assignment": "x"}]}, "moves.0.assignment"),
        ("/rotations", TERMS | {"moves": [{"assignment": made["id"]}], "document": nobody}, "document"),
        ("/rotations", {"legal_basis": "QĐ", "moves": [{"assignment": made["id"]}]}, "on"),
    ]
    for path, given, field in wrong:
        with subtests.test(path=path, given=given):
            answer = api.post(path, given, **ANY)
            assert answer.status_code == 422 and list((answer.json or {})["errors"]) == [field], answer.text
    for person, field in ((nobody, "official"), (retired["id"], "official")):
        moves = [{"assignment": made["id"], "official": person}]
        looked = api.post("/rotations", TERMS | {"moves": moves}).json or {}
        assert [(each["move"], each["field"]) for each in looked["refusals"]] == [(0, field)]
    assert api.items("/assignments") == [made] and other


def test_a_district_moves_only_its_own(api: Api, desk: Desk, api_with: Callable[..., Api]) -> None:
    """Outside the territory an assignment is not found, whatever is to be done with it."""
    made = desk.assign(desk.official(), "commune_follower", unit="28993")
    other, official = api_with(territories=("83/829/",)), desk.official()
    path = f"/assignments/{made['id']}"
    moves = [{"assignment": made["id"], "official": official["id"]}]
    for answer in (
        other.get(f"{path}/history"),
        other.post(f"{path}/corrections", {"reason": "x", "valid_from": "2021-01-01"}, **ANY),
        other.post(f"{path}/handover", TERMS | {"official": official["id"]}, **ANY),
        other.post("/rotations", TERMS | {"moves": moves}),
    ):
        assert answer.status_code == 404
    own = api_with(territories=("83/834/",))
    assert own.post("/rotations", TERMS | {"moves": moves, "dry_run": False}).status_code == 200
