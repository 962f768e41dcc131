"""The situation: freshness, silent communes, contact counts, ratings of cooperation."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from services.visits.followings.actions import record_activity
from shared.ids import uuid7
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, MY_THANH, TOWN, Api, Places
from tests.integration.visits.test_cadence import on
from tests.integration.visits.test_followings import follow, person


def did(sessions: sessionmaker[Session], official: UUID, activity: str, day: date, path: str = BINH_PHU) -> None:
    """Something was done there."""
    with sessions.begin() as session:
        record_activity(session, official, uuid7(), path, activity, day, uuid7())


def items(answer: Any) -> list[dict[str, Any]]:
    """The items of a page."""
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def test_freshness_shows_the_last_of_each_kind(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Per commune, by path, in local days; what never happened is null."""
    with on(date(2026, 3, 1)):
        api.report(unit="28993")
    did(visits_db, uuid7(), "visit", date(2026, 2, 1))
    did(visits_db, uuid7(), "visit", date(2026, 2, 10))
    did(visits_db, uuid7(), "report", date(2026, 1, 5))
    with on(date(2026, 3, 2)):
        first, second = items(api.get("/freshness"))
    assert first["unit"]["name"] == "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre"
    assert (first["last_visit"], first["last_report"], first["last_issue"]) == ("2026-02-10", "2026-01-05", None)
    assert (first["last_heard"], first["last_contact"]) == ("2026-02-10", None)
    assert (second["unit"]["path"], second["last_issue"], second["last_visit"]) == (MY_THANH, "2026-03-01", None)


def test_a_commune_is_silent_after_the_threshold(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Thirty days by default, as asked otherwise; never heard of comes first; an issue ends the silence."""
    did(visits_db, uuid7(), "visit", date(2026, 2, 1))
    with on(date(2026, 3, 3)):
        assert [each["unit"]["path"] for each in items(api.get("/silent-communes"))] == [MY_THANH]
        assert api.get("/silent-communes").json["days"] == 30
    with on(date(2026, 3, 4)):
        found = items(api.get("/silent-communes"))
        assert [(each["unit"]["path"], each["last_heard"]) for each in found] == [
            (MY_THANH, None),
            (BINH_PHU, "2026-02-01"),
        ]
        assert [each["unit"]["path"] for each in items(api.get("/silent-communes", days=31))] == [MY_THANH]
        api.report(unit="28993")
        assert [each["unit"]["path"] for each in items(api.get("/silent-communes"))] == [BINH_PHU]


def test_the_threshold_is_a_row(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """It is changed from the version it was read, with its source."""
    did(visits_db, uuid7(), "visit", date(2026, 2, 1))
    (row,) = items(api.get("/thresholds"))
    assert (row["code"], row["days"], row["version"]) == ("silent_commune", 30, 1)
    body = {"days": 60, "source": "Quy định 02"}
    assert api.put("/thresholds/silent_commune", body).status_code == 428
    assert api.put("/thresholds/silent_commune", body, **{"If-Match": '"1"'}).json["version"] == 2
    assert api.put("/thresholds/other", body, **{"If-Match": "*"}).status_code == 404
    with on(date(2026, 3, 4)):
        assert [each["unit"]["path"] for each in items(api.get("/silent-communes"))] == [MY_THANH]


def test_lists_of_communes_keep_to_the_territory_and_have_pages(api: Api, places: Places) -> None:
    """Nothing of elsewhere, everything once."""
    for path in ("/freshness", "/silent-communes"):
        with on(date(2026, 3, 4)):
            here = api.with_token(at=(TOWN,))
            assert [each["unit"]["path"] for each in items(here.get(path))] == [BINH_PHU]
            assert items(here.get(path, unit="834")) == []
            first = api.get(path, limit=1)
            second = api.get(path, limit=1, cursor=first.json["next_cursor"])
        assert [each["unit"]["path"] for each in items(first) + items(second)] == [BINH_PHU, MY_THANH]
        assert second.json["next_cursor"] is None
        assert api.get(path, cursor="nonsense").status_code == 422


def test_contacts_are_counted_by_official_and_commune(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """By kind and in total, in the period asked for."""
    official = person(visits_db, "An")
    for day in (1, 10, 20):
        did(visits_db, official, "visit", date(2026, 2, day))
    did(visits_db, official, "meeting", date(2026, 2, 10))
    did(visits_db, official, "visit", date(2026, 2, 10), MY_THANH)
    (one,) = items(api.get("/contact-counts", unit="28789", first_day="2026-02-05", last_day="2026-02-20"))
    assert (one["full_name"], one["visit"], one["meeting"], one["total"]) == ("An", 2, 1, 3)
    assert one["last_on"] == "2026-02-20"
    assert len(items(api.get("/contact-counts", official=str(official)))) == 2
    assert len(items(api.with_token(at=(DISTRICT,)).get("/contact-counts"))) == 1


@pytest.fixture
def rating(visits_db: sessionmaker[Session], places: Places) -> dict[str, Any]:
    """What is sent to rate an official who follows Bình Phú since 15 February."""
    official = person(visits_db, "Lê Văn An")
    follow(visits_db, official, "commune_follower", BINH_PHU, valid_from=date(2026, 2, 15))
    return {"unit": "28789", "official": str(official), "month": "2026-02", "score": 4}


def test_a_commune_rates_cooperation_once_a_month(api: Api, rating: dict[str, Any]) -> None:
    """A second rating of the month conflicts; the first is corrected from its version."""
    with on(date(2026, 3, 2)):
        made = api.post("/cooperation-ratings", rating)
        assert made.status_code == 201, made.json
        assert api.post("/cooperation-ratings", rating).status_code == 409
        assert api.post("/cooperation-ratings", rating | {"month": "2026-03"}).status_code == 201
    path = f"/cooperation-ratings/{made.json['id']}"
    assert api.put(path, {"score": 2}).status_code == 428
    corrected = api.put(path, {"score": 1, "comment": "Ít liên hệ"}, **{"If-Match": made.headers["ETag"]})
    assert (corrected.json["score"], corrected.json["version"]) == (1, 2)
    assert api.put(path, {"score": 2}, **{"If-Match": made.headers["ETag"]}).status_code == 412
    assert api.get(path).json == corrected.json
    (average,) = items(api.get("/cooperation-averages"))
    assert (average["average"], average["ratings"], average["communes"]) == (2.5, 2, 1)
    assert len(items(api.get("/cooperation-ratings", first_month="2026-03"))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("month", "2026-04"),
        ("month", "2026-13"),
        ("month", "March"),
        ("month", "2026-01"),  # nobody followed yet: the official is named
        ("score", 0),
        ("score", 6),
        ("score", "4"),
        ("unit", "834"),
        ("unit", "99999"),
        ("official", "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d22"),
        ("comment", "\u0007"),
        ("rank", 1),
    ],
)
def test_a_wrong_rating_is_refused(api: Api, rating: dict[str, Any], field: str, value: object) -> None:
    """422 naming the field, and nothing is recorded."""
    with on(date(2026, 3, 2)):
        refused = api.post("/cooperation-ratings", rating | {field: value})
    assert refused.status_code == 422, refused.json
    assert list(refused.json["errors"]) == ["official" if value == "2026-01" else field]
    assert items(api.get("/cooperation-ratings")) == []


def test_ratings_stay_inside_the_territory(api: Api, rating: dict[str, Any]) -> None:
    """Elsewhere nobody rates (403), reads or corrects (404)."""
    there = api.with_token(at=(DISTRICT,))
    with on(date(2026, 3, 2)):
        assert there.post("/cooperation-ratings", rating).status_code == 403
        path = f"/cooperation-ratings/{api.post('/cooperation-ratings', rating).json['id']}"
    assert there.get(path).status_code == 404
    assert there.put(path, {"score": 5}, **{"If-Match": "*"}).status_code == 404
    assert items(there.get("/cooperation-ratings")) == items(there.get("/cooperation-averages")) == []
