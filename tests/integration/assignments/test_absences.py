"""Absences over HTTP: who stands in, who is asked, and what escalations make of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared import clock
from tests.integration.assignments.conftest import Api, Desk
from tests.integration.assignments.test_responsible import ask

TODAY = clock.today()


def day(days: int) -> str:
    """A day from today on."""
    return str(TODAY + timedelta(days=days))


def absent(api: Api, official: dict[str, Any], substitute: dict[str, Any] | None = None, **more: Any) -> Any:
    """An absence from today on, which is entered."""
    given = {"official": official["id"], "valid_from": day(0), "reason": "study"} | more
    if substitute:
        given["substitute"] = substitute["id"]
    return api.made("/absences", **given)


def standing(answer: dict[str, Any]) -> dict[str, str | None]:
    """Who is told, and of the first reason whom they stand in for."""
    return {
        each["full_name"]: away["full_name"] if (away := each["reasons"][0]["substitute_for"]) else None
        for each in answer["recipients"]
    }


def told(sessions: sessionmaker[Session]) -> list[tuple[str, list[str], str]]:
    """The reminders recorded: kind, names, first line of the text."""
    wanted = text("SELECT CAST(body AS json) -> 'data' FROM outbox WHERE type LIKE '%reminder.due%' ORDER BY seq")
    with sessions() as session:
        found = session.scalars(wanted).all()
    return [
        (each["kind"], [who["full_name"] for who in each["recipients"]], each["body_vi"].split("\n")[-1])
        for each in found
    ]


def test_a_substitute_takes_the_place_of_who_is_absent(api: Api, desk: Desk) -> None:
    """The substitute is told for the absent holder, and while absent too, the substitute's own substitute; before
    and after the holder is."""
    an, binh, cuong = (desk.official(name) for name in ("Nguyễn An", "Trần Bình", "Lê Cường"))
    assignment = desk.assign(an, "commune_follower", unit="28993")
    absent(api, an, binh, valid_to=day(10))
    absent(api, binh, cuong, valid_from=day(5), valid_to=day(7))
    for after, expected in (
        (-1, {"Nguyễn An": None}),
        (0, {"Trần Bình": "Nguyễn An"}),
        (5, {"Lê Cường": "Nguyễn An"}),
        (7, {"Trần Bình": "Nguyễn An"}),
        (10, {"Nguyễn An": None}),
    ):
        answer = ask(api, f"unit=28993&at={day(after)}")
        assert standing(answer) == expected, after
        assert answer["recipients"][0]["reasons"][0]["assignment_id"] == assignment["id"]
        assert [each["absent"] for each in answer["vacancies"]] == [False] * 3
    listed = api.items(f"/absences?state=approved&at={day(6)}")
    assert [(each["official"]["full_name"], each["substitute"]["full_name"]) for each in listed] == [
        ("Nguyễn An", "Trần Bình"),
        ("Trần Bình", "Lê Cường"),
    ]


def test_a_gap_falls_to_the_post_above_and_is_told_apart(api: Api, desk: Desk) -> None:
    """Absent without a substitute, or with one who is no longer there: the post above is told, and the post is
    reported as absent, not as vacant."""
    an, binh = desk.holder("commune_follower", "Nguyễn An", unit="28993"), desk.official("Trần Bình")
    desk.holder("district_overseer", "Võ Dũng", unit="834")
    made = absent(api, an, binh)
    assert list(standing(ask(api, "unit=28993"))) == ["Trần Bình", "Võ Dũng"]
    api("PATCH", f"/officials/{binh['id']}", {"active": False}, **{"If-Match": '"1"'})
    answer = ask(api, "unit=28993")
    assert list(standing(answer)) == ["Võ Dũng"]
    assert [(each["post"], each["fell_to"], each["absent"]) for each in answer["vacancies"]] == [
        ("commune_follower", "district_overseer", True),
        ("district_standing_body", "district_overseer", False),
    ]
    assert made["version"] == 1


def test_an_absence_may_be_limited_to_some_assignments(api: Api, desk: Desk) -> None:
    """For the others the official is there, also to stand in for somebody."""
    an, binh = desk.official("Nguyễn An"), desk.official("Trần Bình")
    limited = desk.assign(an, "commune_follower", unit="28993")
    desk.assign(an, "commune_follower", unit="28984")
    absent(api, an, binh, assignments=[limited["id"]])
    assert standing(ask(api, "unit=28993")) == {"Trần Bình": "Nguyễn An"}
    assert standing(ask(api, "unit=28984")) == {"Nguyễn An": None}
    again = {"official": an["id"], "valid_from": day(1), "reason": "sick"}
    assert api.post("/absences", again).status_code == 409
    foreign = api.post("/absences", {"official": binh["id"], "valid_from": day(0), "reason": "sick"} | {
        "assignments": [limited["id"]]
    })  # fmt: skip
    assert foreign.status_code == 422 and list((foreign.json or {})["errors"]) == ["assignments"]


def test_circles_are_refused(api: Api, desk: Desk) -> None:
    """Nobody comes to stand in for himself, on any day, over any number of others; on other days none."""
    an, binh, cuong = (desk.official(name) for name in ("Nguyễn An", "Trần Bình", "Lê Cường"))
    absent(api, an, binh, valid_to=day(10))
    absent(api, binh, cuong, valid_to=day(10))
    given = {"official": cuong["id"], "substitute": an["id"], "reason": "leave"}
    refused = api.post("/absences", given | {"valid_from": day(9)})
    assert refused.status_code == 409 and "Trần Bình → Lê Cường" in refused.text
    api.made("/absences", **given, valid_from=day(10))
    self_made = api.post("/absences", given | {"substitute": cuong["id"], "valid_from": day(9)})
    assert self_made.status_code == 422


def test_an_official_asks_and_the_coordinator_decides(
    api: Api, api_with: Callable[..., Api], desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """A request counts for nothing until it is approved; everybody concerned hears of each step, in time."""
    coordinator = desk.holder("coordinator", "Phan Điều", unit="83")
    an, binh = desk.holder("commune_follower", "Nguyễn An", unit="28993"), desk.official("Trần Bình")
    himself = api_with(scopes=["assignments:read"], territories=["83/834/"], official=an["id"])
    other = api_with(scopes=["assignments:read"], territories=["83/"], official=binh["id"])
    made = absent(himself, an, binh, note="Đi học")
    path = f"/absences/{made['id']}"
    assert (made["state"], made["note"]) == ("requested", "Đi học")
    assert standing(ask(api, "unit=28993")) == {"Nguyễn An": None}
    assert himself.post(f"{path}/moves", {"move": "approve"}, **{"If-Match": '"1"'}).status_code == 403
    assert other.post(f"{path}/moves", {"move": "cancel"}, **{"If-Match": '"1"'}).status_code == 403
    assert (
        other.post("/absences", {"official": an["id"], "valid_from": day(0), "reason": "leave"}).status_code == 403
    )
    assert "note" not in (other.get(path).json or {}) and "reason" not in (other.get(path).json or {})
    assert api.post(f"{path}/moves", {"move": "approve"}).status_code == 428
    approved = api.post(f"{path}/moves", {"move": "approve", "note": "Đồng ý"}, **{"If-Match": '"1"'})
    assert (approved.json or {})["state"] == "approved" and approved.headers["ETag"] == '"2"'
    assert standing(ask(api, "unit=28993")) == {"Trần Bình": "Nguyễn An"}
    changed = himself("PATCH", path, {"valid_to": day(3)}, **{"If-Match": '"2"'})
    assert changed.status_code == 403
    assert api("PATCH", path, {"valid_to": day(3)}, **{"If-Match": '"2"'}).status_code == 200
    assert told(sessions) == [
        ("absence_requested", ["Nguyễn An", coordinator["full_name"]], "Người thay: Trần Bình."),
        ("absence_approved", ["Nguyễn An", "Trần Bình", "Phan Điều"], "Đồng ý"),
        ("absence_approved", ["Nguyễn An", "Trần Bình", "Phan Điều"], "Đồng ý"),
    ]


def test_what_has_begun_is_ended_and_not_undone(api: Api, desk: Desk, sessions: sessionmaker[Session]) -> None:
    """After its first day an absence can end, from today on; neither be cancelled nor get another substitute."""
    an, binh = desk.official("Nguyễn An"), desk.official("Trần Bình")
    past = absent(api, an, binh, valid_from=day(-5), valid_to=day(5))
    path, head = f"/absences/{past['id']}", {"If-Match": "*"}
    assert api.post(f"{path}/moves", {"move": "cancel"}, **head).status_code == 409
    assert api("PATCH", path, {"substitute": None}, **head).status_code == 409
    assert api("PATCH", path, {"valid_to": day(-1)}, **head).status_code == 409
    assert (api("PATCH", path, {"valid_to": day(0)}, **head).json or {})["valid_to"] == day(0)
    assert api("PATCH", path, {"valid_to": day(9)}, **head).status_code == 409
    coming = absent(api, an, valid_from=day(20))
    path = f"/absences/{coming['id']}"
    assert (api("PATCH", path, {"substitute": binh["id"]}, **head).json or {})["substitute"]["id"] == binh["id"]
    assert (api.post(f"{path}/moves", {"move": "cancel"}, **head).json or {})["state"] == "cancelled"
    assert api.post(f"{path}/moves", {"move": "approve"}, **head).status_code == 409
    assert [kind for kind, _, _ in told(sessions)][-1] == "absence_cancelled"


def test_bad_absences_are_refused(api: Api, desk: Desk, subtests: pytest.Subtests) -> None:
    """The field is named, and nothing is entered."""
    nobody = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"
    good = {"official": desk.official()["id"], "valid_from": day(0), "reason": "leave"}
    for given, field in (
        ({"official": nobody}, "official"),
        ({"official": "x"}, "official"),
        ({"substitute": nobody}, "substitute"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_to": day(0)}, "valid_to"),
        ({"reason": "bored"}, "reason"),
        ({"assignments": []}, "assignments"),
        ({"assignments": [nobody]}, "assignments"),
        ({"note": "a\x00b"}, "note"),
        ({"state": "approved"}, "state"),
    ):
        with subtests.test(field=field, given=given):
            answer = api.post("/absences", good | given)
            assert answer.status_code == 422 and next(iter((answer.json or {})["errors"])).startswith(field), (
                answer.text
            )
    assert api.items("/absences") == []


def test_outside_the_territory(api: Api, api_with: Callable[..., Api], desk: Desk) -> None:
    """Another district neither enters, nor finds, nor changes the absence of this one's official."""
    an = desk.official("Nguyễn An", unit="834")
    made = absent(api, an)
    other = api_with(territories=["83/829/"])
    assert (
        other.post("/absences", {"official": an["id"], "valid_from": day(0), "reason": "leave"}).status_code == 403
    )
    assert other.get(f"/absences/{made['id']}").status_code == 404 and other.items("/absences") == []
    assert other("PATCH", f"/absences/{made['id']}", {"valid_to": day(1)}, **{"If-Match": "*"}).status_code == 404
