"""Who is responsible: examples one can check by reading."""

from datetime import date
from typing import Any
from uuid import UUID

from services.assignments.responsibility.rules import (
    Answer,
    Chart,
    Holding,
    Place,
    Post,
    Roster,
    facts_of,
    resolve,
)
from shared.ids import uuid7

DAY = date(2026, 3, 2)
COMMUNE, DISTRICT, PROVINCE = (Place(uuid7(), name) for name in ("Xã Mỹ Thạnh", "Huyện Giồng Trôm", "Tỉnh Bến Tre"))
PLACES = {"commune": COMMUNE, "district": DISTRICT, "province": PROVINCE}

LEADER = Post("leader", "Lãnh đạo tỉnh", "Leader", "province", None)
OVERSEER = Post("overseer", "Người theo dõi huyện", "Overseer", "district", "leader")
FOLLOWER = Post("follower", "Người theo dõi xã", "Follower", "commune", "overseer")
HAMLET = Post("hamlet", "Người theo dõi ấp", "Hamlet follower", "hamlet", "follower")
CHART = Chart(
    {post.code: post for post in (LEADER, OVERSEER, FOLLOWER, HAMLET)},
    [(1, "follower"), (1, "overseer"), (1, "hamlet"), (2, "leader")],
)


def held(
    post: Post, place: Place, name: str, official: UUID | None = None, **dates: Any
) -> tuple[str, UUID, Holding]:
    """Somebody holds a post, since 2020 unless dates say otherwise."""
    validity = {"valid_from": date(2020, 1, 1), "valid_to": None} | dates
    return post.code, place.id, Holding(uuid7(), official or uuid7(), name, name, "QĐ 182", **validity)


def ask(*holdings: tuple[str, UUID, Holding], step: int = 1, places: dict[str, Place] = PLACES) -> Answer:
    """The answer on 2 March 2026."""
    return resolve(CHART, Roster(holdings), places, DAY, step)


def told(answer: Answer) -> dict[str, list[tuple[str, str | None]]]:
    """Name to (post, standing in for)."""
    return {
        person.full_name: [(reason.post.code, reason.standing_in_for) for reason in person.reasons]
        for person in answer.recipients
    }


def test_everybody_asked_at_the_step_is_told() -> None:
    """Step 1 asks its posts; step 2 asks these and its own."""
    all_held = [held(FOLLOWER, COMMUNE, "An"), held(OVERSEER, DISTRICT, "Bình"), held(LEADER, PROVINCE, "Cường")]
    assert told(ask(*all_held)) == {"An": [("follower", None)], "Bình": [("overseer", None)]}
    assert list(told(ask(*all_held, step=2))) == ["An", "Bình", "Cường"]
    assert ask(*all_held, step=2).vacancies == []


def test_several_holders_of_one_post_are_all_told_by_name() -> None:
    """A standing body is a group."""
    answer = ask(held(FOLLOWER, COMMUNE, "B"), held(FOLLOWER, COMMUNE, "A"), held(OVERSEER, DISTRICT, "C"))
    assert list(told(answer)) == ["A", "B", "C"]


def test_one_person_is_told_once_with_all_reasons() -> None:
    """Two posts, one entry."""
    me = uuid7()
    answer = ask(held(FOLLOWER, COMMUNE, "An", me), held(OVERSEER, DISTRICT, "An", me))
    assert told(answer) == {"An": [("follower", None), ("overseer", None)]}


def test_a_vacancy_falls_to_the_post_above() -> None:
    """The one above stands in, says for whom, and the vacancy is reported."""
    answer = ask(held(OVERSEER, DISTRICT, "Bình"))
    stands_in = ("overseer", "Người theo dõi xã (Xã Mỹ Thạnh)")
    assert told(answer) == {"Bình": [stands_in, ("overseer", None)]}
    assert [(each.post.code, each.place.name, each.fell_to) for each in answer.vacancies] == [
        ("follower", "Xã Mỹ Thạnh", "overseer")
    ]


def test_a_vacancy_falls_past_a_vacancy() -> None:
    """When the post above is vacant too, the next one is told, also if the step does not ask it."""
    answer = ask(held(LEADER, PROVINCE, "Cường"))
    assert [reason[0] for reason in told(answer)["Cường"]] == ["leader", "leader"]
    assert {each.post.code: each.fell_to for each in answer.vacancies} == {
        "follower": "leader",
        "overseer": "leader",
    }


def test_nobody_above_is_said_plainly() -> None:
    """With no holder up to the top the vacancies fell to nobody."""
    answer = ask()
    assert answer.recipients == [] and {each.fell_to for each in answer.vacancies} == {None}
    assert [each.post.code for each in answer.vacancies] == ["follower", "overseer", "leader"]


def test_a_post_without_a_place_is_not_asked() -> None:
    """No hamlet named, no hamlet follower; no district, no overseer: neither is a vacancy."""
    two_tiers = {"commune": COMMUNE, "province": PROVINCE}
    answer = ask(held(LEADER, PROVINCE, "Cường"), places=two_tiers)
    assert {each.post.code: each.fell_to for each in answer.vacancies} == {"follower": "leader"}


def test_dates_decide() -> None:
    """An assignment counts from its first day until the day before its end."""
    on = {"valid_from": DAY, "valid_to": date(2026, 3, 3)}
    over = {"valid_to": DAY}
    later = {"valid_from": date(2026, 3, 3)}
    answer = ask(
        held(FOLLOWER, COMMUNE, "on", **on),
        held(FOLLOWER, COMMUNE, "over", **over),
        held(FOLLOWER, COMMUNE, "later", **later),
        held(OVERSEER, DISTRICT, "boss"),
    )
    assert list(told(answer)) == ["on", "boss"]


def test_another_places_holder_is_not_told() -> None:
    """The follower of the next commune has nothing to do with this one."""
    answer = ask(held(FOLLOWER, Place(uuid7(), "Xã khác"), "X"), held(OVERSEER, DISTRICT, "B"))
    assert list(told(answer)) == ["B"]


def test_a_loop_in_the_data_ends() -> None:
    """Two posts above each other do not hang the resolver."""
    first, second = Post("a", "A", "A", "commune", "b"), Post("b", "B", "B", "district", "a")
    chart = Chart({"a": first, "b": second}, [(1, "a")])
    answer = resolve(chart, Roster([]), PLACES, DAY, 1)
    assert [each.post.code for each in answer.vacancies] == ["a", "b"]


def test_the_event_tells_what_the_answer_says() -> None:
    """Facts carry names in both languages, the place, the decision and where a vacancy fell."""
    facts = facts_of(ask(held(OVERSEER, DISTRICT, "Bình")))
    [person] = facts["recipients"]
    assert person["full_name"] == "Bình"
    assert person["reasons"][1] == {  # type: ignore[index]
        "post": "overseer",
        "post_name_vi": "Người theo dõi huyện",
        "post_name_en": "Overseer",
        "place": "Huyện Giồng Trôm",
        "legal_basis": "QĐ 182",
        "standing_in_for": None,
        "substitute_for": None,
    }
    assert facts["vacancies"][0]["fell_to"] == "overseer"
