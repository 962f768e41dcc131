"""Coverage over HTTP: gaps now and soon, scores, people to look at, the weekly notice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.coverage.sweep import take_snapshots, tell_gaps
from services.assignments.reachability.actions import keep_reach
from shared import clock
from tests.integration.assignments.conftest import Api, Desk
from tests.integration.assignments.test_absences import absent, day, told

GIONG_TROM = "83/834/"


def gaps(api: Api, query: str = "unit=28993") -> list[tuple[str, str, str, str | None, bool]]:
    """The gaps of a unit: post, place, from, until, absent."""
    names = ("post", "place", "since", "until", "absent")
    return [tuple(each[name] for name in names) for each in api.items(f"/coverage/gaps?{query}")]  # type: ignore[misc]


def test_a_gap_has_its_days(api: Api, desk: Desk) -> None:
    """A post nobody holds is open today; one that is held until a day, or again from a day, between; a holder's
    absence without a substitute opens it and a substitute's own absence does, and both are told apart."""
    assert gaps(api) == [("commune_follower", "Xã Mỹ Thạnh", day(0), None, False)]
    an, binh = desk.official("Nguyễn An"), desk.official("Trần Bình")
    desk.assign(an, "commune_follower", unit="28993", valid_to=day(20))
    assert gaps(api) == [("commune_follower", "Xã Mỹ Thạnh", day(20), None, False)]
    assert gaps(api, "unit=28993&days=19") == []
    desk.assign(binh, "commune_follower", day(25), unit="28993")
    assert gaps(api) == [("commune_follower", "Xã Mỹ Thạnh", day(20), day(25), False)]
    absent(api, an, binh, valid_from=day(2), valid_to=day(8))
    assert len(gaps(api)) == 1
    absent(api, binh, valid_from=day(4), valid_to=day(6))
    assert gaps(api)[0][1:] == ("Xã Mỹ Thạnh", day(4), day(6), True)


def test_clusters_and_hamlets_count_where_a_rule_says_so(api: Api, desk: Desk) -> None:
    """Every place that a required post is attached to needs somebody; hamlets do once their post is required."""
    desk.cluster("28993")
    api.made("/hamlets", unit="28993", name="Ấp 1", valid_from="2020-01-01")
    in_district = {(post, place) for post, place, *_ in gaps(api, "unit=834&limit=200")}
    assert ("cluster_overseer", "Tiểu vùng 1") in in_district
    assert ("district_overseer", "Huyện Giồng Trôm") in in_district
    assert not [place for post, place in in_district if post == "hamlet_follower"]
    changed = api("PATCH", "/posts/hamlet_follower", {"required": True, "source": "QĐ 9"}, **{"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    assert ("hamlet_follower", "Ấp 1") in {(post, place) for post, place, *_ in gaps(api)}


def test_scores_and_what_there_is_to_look_at(api: Api, desk: Desk) -> None:
    """A province and its districts each have a score; absent posts are told apart; the page after the first goes
    on."""
    desk.holder("district_standing_body", unit="834")
    an = desk.holder("commune_follower", "Nguyễn An", unit="28993", valid_to=day(3))
    absent(api, desk.holder("district_overseer", unit="834"))
    found = api.get("/coverage?unit=834").json or {}
    [score] = found["scores"]
    communes = len(api.items("/units?level=commune&parent=834&limit=200"))
    assert (score["required"], score["covered"], score["absent"]) == (communes + 2, 2, 1)
    assert score["score"] == 2000 // (communes + 2) / 10
    assert (found["gaps_now"], found["gaps_coming"], found["ending"]) == (communes, 1, 1)
    assert (found["overloaded"], found["unreachable"]) == (0, 3)
    whole = api.get("/coverage?unit=83").json or {}
    assert [each["level"] for each in whole["scores"]] == ["province"] + ["district"] * 9
    assert whole["scores"][0]["required"] == 148 + 18 + 1
    first = api.get("/coverage/gaps?unit=834&limit=2").json or {}
    rest = api.items(f"/coverage/gaps?unit=834&limit=200&cursor={first['next_cursor']}")
    assert len(first["items"]) + len(rest) == communes + 1
    assert [each["official"]["id"] for each in api.items("/coverage/ending?unit=834")] == [an["id"]]
    assert api.items("/coverage/ending?unit=834&days=2") == []


def test_people_to_look_at(api: Api, desk: Desk, sessions: sessionmaker[Session]) -> None:
    """Who follows more places than the limit, who has no address, and whose mail comes back, as last said."""
    busy = desk.official("Nguyễn An", email="an@bentre.example")
    for commune in ("28993", "28984", "28987"):
        desk.assign(busy, "commune_follower", unit=commune)
    mute = desk.holder("district_overseer", "Trần Bình", unit="834")
    assert api.items("/coverage/overloaded?unit=834") == []
    limit = {"amount": 2, "source": "Quyết định 7"}
    assert api("PUT", "/coverage-limits/most_places", limit, **{"If-Match": '"1"'}).status_code == 200
    [found] = api.items("/coverage/overloaded?unit=834")
    assert (found["id"], found["places"]) == (busy["id"], 3)
    assert [each["id"] for each in api.items("/coverage/unreachable?unit=834")] == [mute["id"]]

    def said(version: int, reachable: bool, reason: str | None) -> Any:
        data = {"official_id": busy["id"], "reachable": reachable, "reason": reason}
        return SimpleNamespace(version=version, data=data, time=clock.now())

    for _ in range(2):  # however often they come
        with sessions.begin() as session:
            keep_reach(session, [said(2, False, "550 5.1.1"), said(1, True, None)])
    listed = api.items("/coverage/unreachable?unit=834")
    assert [(each["full_name"], each["reason"]) for each in listed] == [
        ("Nguyễn An", "550 5.1.1"),
        ("Trần Bình", "no_address"),
    ]
    assert [each["since"] is None for each in listed] == [False, True]
    with sessions.begin() as session:
        keep_reach(session, [said(3, True, None)])
    assert len(api.items("/coverage/unreachable?unit=834")) == 1


def test_the_days_are_kept_and_measured(api: Api, desk: Desk, sessions: sessionmaker[Session], app: Any) -> None:
    """A row per unit and day, the last look of a day counts; /metrics tells of the country."""
    take_snapshots(sessions)
    desk.holder("district_overseer", unit="834")
    take_snapshots(sessions)
    [today] = api.items("/coverage/history?unit=834")
    assert (today["day"], today["covered"]) == (day(0), 1)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with clock.frozen(tomorrow):
        take_snapshots(sessions)
    assert [each["day"] for each in api.items("/coverage/history?unit=834")] == [day(1), day(0)]
    assert [each["day"] for each in api.items(f"/coverage/history?unit=834&last={day(0)}")] == [day(0)]
    assert api.items("/coverage/history?unit=28993") == []
    lines = app.test_client().get("/api/assignments/v1/metrics").text.splitlines()
    assert "caunoi_uncovered_units 158.0" in lines and "caunoi_uncovered_posts 166.0" in lines


def test_the_coordinator_is_told_once_a_week(api: Api, desk: Desk, sessions: sessionmaker[Session]) -> None:
    """On Monday morning, or as soon as the system is back; who stands in for the coordinator in his place."""
    coordinator, other = desk.holder("coordinator", "Phan Điều", unit="83"), desk.official("Lê Thay")
    monday = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # 08:00 in Việt Nam
    for moment in (monday - timedelta(hours=2), monday, monday + timedelta(hours=3), monday + timedelta(days=2)):
        with clock.frozen(moment):
            tell_gaps(sessions)
    [(kind, names, _)] = told(sessions)
    assert (kind, names) == ("coverage_gaps", ["Phan Điều"])
    absent(api, coordinator, other, valid_from="2026-12-01")
    with clock.frozen(monday + timedelta(days=10)):
        tell_gaps(sessions)
    assert [names for kind, names, _ in told(sessions) if kind == "coverage_gaps"] == [["Phan Điều"], ["Lê Thay"]]
    with sessions() as session:
        wanted = "SELECT CAST(body AS json) -> 'data' ->> 'body_vi' FROM outbox WHERE body LIKE '%coverage_gaps%'"
        body = session.scalars(text(wanted.replace("body LIKE", "CAST(body AS text) LIKE"))).first() or ""
    assert body.startswith("Hiện chưa có người: 167.") and body.endswith("… và 127 chức danh khác")


def test_all_of_it_is_streamed(api: Api, api_with: Callable[..., Api], desk: Desk) -> None:
    """A line per score and per gap of the whole territory, and of no other."""
    desk.holder("commune_follower", unit="28993")
    lines = [orjson.loads(line) for line in api.get("/coverage/stream").data.splitlines()]
    assert len([each for each in lines if "score" in each]) == 10
    assert len([each for each in lines if "gap" in each]) == 166
    district = [
        orjson.loads(line) for line in api_with(territories=[GIONG_TROM]).get("/coverage/stream").data.splitlines()
    ]
    assert {each["gap"]["place"] for each in district if "gap" in each} < {
        each["gap"]["place"] for each in lines if "gap" in each
    }
    assert api_with(territories=["86/"]).get("/coverage/stream").data.strip() == b""


def test_bad_questions_and_limits_are_refused(
    api: Api, api_with: Callable[..., Api], subtests: pytest.Subtests
) -> None:
    """The field is named."""
    for path, field in (
        ("/coverage", "unit"),
        ("/coverage?unit=00", "unit"),
        ("/coverage?unit=83&days=0", "days"),
        ("/coverage/gaps?unit=83&cursor=x", "cursor"),
        ("/coverage/history?unit=83&first=2026-02-30", "first"),
        ("/coverage/stream?days=no", "days"),
    ):
        with subtests.test(path=path):
            answer = api.get(path)
            assert answer.status_code == 422 and list((answer.json or {})["errors"]) == [field], answer.text
    for code, given, status in (
        ("most_places", {"amount": 0, "source": "x"}, 422),
        ("notice_weekday", {"amount": 8, "source": "x"}, 422),
        ("most_places", {"amount": 3}, 422),
        ("nothing", {"amount": 3, "source": "x"}, 404),
    ):
        assert api("PUT", f"/coverage-limits/{code}", given, **{"If-Match": "*"}).status_code == status
    other = api_with(territories=["83/829/"])
    assert other.get("/coverage?unit=834").status_code == 404
    assert (
        other("PUT", "/coverage-limits/most_places", {"amount": 3, "source": "x"}, **{"If-Match": "*"}).status_code
        == 403
    )


def test_the_day_a_notice_is_of() -> None:
    """Today if it is the weekday, else the last one."""
    from services.assignments.coverage.rules import notice_day

    assert [notice_day(date(2026, 3, n), 1) for n in (1, 2, 3, 8)] == [
        date(2026, 2, 23), date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2)
    ]  # fmt: skip
