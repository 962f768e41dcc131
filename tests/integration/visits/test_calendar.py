"""The calendar over the API: days set by hand, hours of the week, what follows for days."""

from typing import Any

import pytest

from tests.integration.visits.conftest import Api, Standing

OFF = {"kind": "off", "note": "Nghỉ bù", "source": "Thông báo 123"}
WEEK = [{"weekday": 0, "opens": "08:00", "closes": "12:00", "source": "thử nghiệm"}]


def day(api: Api, when: str) -> dict[str, Any]:
    """What a day is like."""
    answer = api.get("/working-days", first=when, last=when)
    assert answer.status_code == 200, answer.json
    return dict(answer.json["days"][0])


def test_days_are_as_weekday_and_holidays_say(standing: Standing) -> None:
    """An ordinary Monday, a Sunday, Tết, and a Saturday worked in exchange."""
    hours = [{"opens": "07:30", "closes": "11:30"}, {"opens": "13:30", "closes": "17:00"}]
    assert day(standing.api, "2026-03-09") == {"day": "2026-03-09", "hours": hours, "note": None}
    assert day(standing.api, "2026-03-08")["hours"] == []
    assert "Tết" in day(standing.api, "2026-02-17")["note"]
    assert day(standing.api, "2026-08-22")["hours"] == hours


def test_a_day_set_by_hand_goes_before_the_holidays_until_it_is_dropped(api: Api) -> None:
    """At once, and who set it stands beside it."""
    put = api.put("/calendar-overrides/2026-03-09", OFF)
    assert put.status_code == 200, put.json
    assert put.json["set_by"] and put.json["hours"] is None
    assert day(api, "2026-03-09") == {"day": "2026-03-09", "hours": [], "note": "Nghỉ bù"}
    short = OFF | {"kind": "working", "hours": [{"opens": "08:00", "closes": "10:30"}], "note": "Ngày Tết"}
    assert api.put("/calendar-overrides/2026-02-17", short).status_code == 200
    assert day(api, "2026-02-17")["hours"] == [{"opens": "08:00", "closes": "10:30"}]
    assert [each["day"] for each in api.get("/calendar-overrides").json["items"]] == ["2026-02-17", "2026-03-09"]
    assert api.delete("/calendar-overrides/2026-03-09").status_code == 204
    assert day(api, "2026-03-09")["note"] is None
    assert api.delete("/calendar-overrides/2026-03-09").status_code == 404


def test_a_working_day_by_hand_has_ordinary_hours_unless_it_says_others(api: Api) -> None:
    """Also a Saturday, which has none by itself."""
    worked = OFF | {"kind": "working"}
    assert api.put("/calendar-overrides/2026-03-14", worked).status_code == 200
    assert len(day(api, "2026-03-14")["hours"]) == 2


def test_the_week_is_set_as_a_whole(api: Api) -> None:
    """What is left out is not worked."""
    assert api.put("/working-hours", {"hours": WEEK}).json == {"hours": WEEK}
    assert day(api, "2026-03-09")["hours"] == [{"opens": "08:00", "closes": "12:00"}]
    assert day(api, "2026-03-10")["hours"] == []
    assert api.get("/working-hours").json == {"hours": WEEK}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/calendar-overrides/2026-03-09", OFF | {"hours": [{"opens": "08:00", "closes": "09:00"}]}, "hours"),
        ("/calendar-overrides/2026-03-09", OFF | {"kind": "working", "hours": []}, "hours"),
        (
            "/calendar-overrides/2026-03-09",
            OFF | {"kind": "working", "hours": [{"opens": "09:00", "closes": "08:00"}]},
            "hours",
        ),
        ("/calendar-overrides/2026-03-09", OFF | {"kind": "half"}, "kind"),
        ("/calendar-overrides/2026-03-09", OFF | {"note": "\x07"}, "note"),
        ("/working-hours", {"hours": []}, "hours"),
        ("/working-hours", {"hours": [WEEK[0], WEEK[0] | {"opens": "11:00", "closes": "13:00"}]}, "hours"),
        ("/working-hours", {"hours": [WEEK[0] | {"weekday": 7}]}, "hours.0.weekday"),
    ],
)
def test_bad_input_is_refused_naming_the_field(
    standing: Standing, path: str, body: dict[str, Any], field: str
) -> None:
    """And changes nothing."""
    answer = standing.api.put(path, body)
    assert answer.status_code == 422
    assert answer.json.get("field") == field or field in answer.json["errors"], answer.json
    assert len(day(standing.api, "2026-03-09")["hours"]) == 2


@pytest.mark.parametrize("when", ["2026-02-30", "20260309", "1999-01-01", "tomorrow"])
def test_what_is_no_day_is_not_found(standing: Standing, when: str) -> None:
    """An address that names no day of the calendar."""
    assert standing.api.put(f"/calendar-overrides/{when}", OFF).status_code == 404


def test_only_who_may_configure_sets_days(standing: Standing) -> None:
    """Reading needs no more than reading."""
    reader = standing.api.with_token(scopes=["visits:read", "visits:write"])
    assert reader.get("/calendar-overrides").status_code == 200
    assert reader.put("/calendar-overrides/2026-03-09", OFF).status_code == 403
    assert reader.put("/working-hours", {"hours": WEEK}).status_code == 403


@pytest.mark.parametrize(("first", "last"), [("2026-03-09", "2026-03-08"), ("2025-01-01", "2026-12-31")])
def test_the_days_asked_for_are_few_and_in_order(standing: Standing, first: str, last: str) -> None:
    """No endless answers."""
    assert standing.api.get("/working-days", first=first, last=last).status_code == 422
