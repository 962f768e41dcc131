"""GET /overview: a territory in figures."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from shared import clock
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, TOWN, Api, Places
from tests.integration.visits.test_cadence import on
from tests.integration.visits.test_followings import follow, person

DAY = date(2026, 3, 2)


def figures(api: Api, **query: Any) -> dict[str, Any]:
    """The overview of a day."""
    with on(DAY):
        answer = api.get("/overview", **query)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def test_an_empty_territory_has_no_shares(api: Api, places: Places) -> None:
    """Of nothing there is no rate; two communes were never heard of."""
    found = figures(api)
    assert (found["issues"]["open"], found["silent_communes"]) == (0, 2)
    assert (
        found["visits"]["feedback_rate"]
        is found["visits"]["joint_share"]
        is found["cooperation"]["average"]
        is None
    )


def test_issues_are_counted_by_state_and_age(api: Api, places: Places) -> None:
    """The open ones by how many days they are old; an escalation without an answer is counted with its age."""
    for days, unit in ((0, "28789"), (10, "28993"), (40, "28789"), (200, "28993")):
        with on(DAY - timedelta(days=days)):
            issue = api.report(unit=unit)
    with on(DAY - timedelta(days=1)):
        api.escalate(issue)
    found = figures(api)
    assert found["issues"]["by_state"] == {"escalated": 1, "reported": 3}
    assert [each["open"] for each in found["issues"]["by_age"]] == [1, 1, 1, 1]
    assert found["escalations"]["unacknowledged"] == 1
    assert found["escalations"]["oldest_at"].startswith("2026-03-01T05:00:00")


def test_visits_are_counted_once_whoever_went(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Two partners make one joint visit; one visit of the two led to feedback."""
    one, other = person(visits_db, "An"), person(visits_db, "Bình")
    joint = {"purpose": "joint", "unit": "28789", "partners": [{"official": str(other)}]}
    alone = {"purpose": "inspection", "unit": "28993"}
    with on(DAY - timedelta(days=20)):
        made = [went(api, one, hour, **given) for hour, given in ((1, joint), (4, alone))]
        feedback = {
            "unit": "28789",
            "official": str(one),
            "visit": made[0],
            "form": "formal",
            "due_on": "2026-03-30",
        }
        words = {"text": "Cống số 2 chưa đóng kín.", "action": "Thay cửa cống số 2 trước mùa mặn."}
        addressee = {"kind": "committee"}
        given = api.post("/feedback", feedback | words | {"addressee": addressee, "confirm_general": True})
        assert given.status_code == 201, given.json
    found = figures(api)["visits"]
    assert (found["total"], found["joint"], found["with_feedback"]) == (2, 1, 1)
    assert (found["joint_share"], found["feedback_rate"]) == (0.5, 0.5)


def went(api: Api, official: UUID, hour: int, **given: Any) -> str:
    """The id of a visit that was carried out."""
    start = clock.now().replace(hour=hour)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    planned = api.post("/visits", {"official": str(official), "subject": "Kiểm tra cống"} | times | given)
    assert planned.status_code == 201, planned.json
    path = f"/visits/{planned.json['id']}/carry-out"
    done = api.post(path, {"attended": 3}, **{"If-Match": planned.headers["ETag"]})
    assert done.status_code == 200, done.json
    return str(planned.json["id"])


def test_what_is_overdue_is_counted(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """By activity, for the followings inside the place asked for."""
    official = person(visits_db, "An")
    follow(visits_db, official, "commune_follower", BINH_PHU, valid_from=date(2026, 1, 15))
    assert figures(api)["overdue"] == {"visit": 1, "meeting": 0, "report": 0, "contact": 1}
    assert figures(api, unit="834")["overdue"]["visit"] == 0


def test_figures_are_of_the_territory_only(api: Api, places: Places) -> None:
    """What lies elsewhere is not counted, also when it is asked for."""
    with on(DAY):
        api.report(unit="28993")
    here = api.with_token(at=(TOWN,))
    assert figures(here)["issues"]["open"] == 0 and figures(here)["silent_communes"] == 1
    assert figures(api.with_token(at=(DISTRICT,)))["issues"]["open"] == 1
    elsewhere = figures(here, unit="834")
    assert (elsewhere["places"], elsewhere["issues"]["open"], elsewhere["silent_communes"]) == ([], 0, 0)
    assert api.get("/overview", unit="99999").status_code == 422
