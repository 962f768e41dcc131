"""Calendar feeds: a secret address, shown once, revocable, read by calendar programs."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared import clock
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, TOWN, Api, Places, deliver
from tests.integration.visits.test_followings import follow, person
from tests.integration.visits.test_visits import BEFORE, HOUR, MORNING, do, plan, rescheduled
from tests.support import facts
from tests.support.tokens import PUBLIC_URL


@pytest.fixture
def an(visits_db: sessionmaker[Session], places: Places) -> UUID:
    """An official who follows Bình Phú."""
    official = person(visits_db, "Lê Văn An")
    follow(visits_db, official, "commune_follower", BINH_PHU)
    return official


def make(api: Api, official: UUID) -> dict[str, Any]:
    """Make a feed; the body of the answer."""
    answer = api.post("/calendar-feeds", {"official": str(official)})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def path_of(feed: dict[str, Any]) -> str:
    """The secret address below /api/visits/v1."""
    start = f"{PUBLIC_URL}/api/visits/v1"
    assert feed["address"].startswith(f"{start}/calendar/")
    return str(feed["address"].removeprefix(start))


def events(api: Api, feed: dict[str, Any]) -> dict[str, Any]:
    """The entries as a calendar program reads them, by UID."""
    with clock.frozen(BEFORE):
        answer = api.get(path_of(feed))
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    return {str(event["UID"]): event for event in Calendar.from_ical(answer.data).events}


def test_the_address_needs_no_token_and_is_stored_nowhere(
    api: Api, an: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Whoever has the address reads the visits; the database has a hash of it, the list nothing."""
    plan(api, an)
    feed = make(api, an)
    (event,) = events(api.with_token(scopes=[], at=[]), feed).values()
    assert (event["SUMMARY"], event["DTSTART"].dt) == ("Kiểm tra cống ngăn mặn", MORNING)
    secret = path_of(feed).removeprefix("/calendar/").removesuffix(".ics")
    with visits_db() as session:
        stored = session.execute(text("SELECT f::text FROM calendar_feeds f")).scalar_one()
    assert secret not in stored and len(secret) >= 43
    (listed,) = api.get("/calendar-feeds", official=an).json["items"]
    assert listed["id"] == feed["id"] and "address" not in listed


def test_a_repeat_does_not_show_the_secret_again(api: Api, an: UUID, visits_db: sessionmaker[Session]) -> None:
    """Under its Idempotency-Key the answer is replayed without the address: that was shown once."""
    body, key = {"official": str(an)}, {"Idempotency-Key": '"feed-1"'}
    first, second = api.post("/calendar-feeds", body, **key), api.post("/calendar-feeds", body, **key)
    assert first.json["address"] and second.json == first.json | {"address": None}
    with visits_db() as session:
        kept = session.execute(text("SELECT body FROM idempotency_keys")).scalar_one()
    assert first.json["address"] not in kept and '"address":null' in kept


def test_an_entry_keeps_its_uid_and_raises_its_sequence(api: Api, an: UUID) -> None:
    """Rescheduled and then cancelled it is the same entry, newer each time, and stays as cancelled."""
    visit, feed = plan(api, an), make(api, an)
    (uid,) = before = events(api, feed)
    do(api, visit, "reschedule", rescheduled(MORNING + 24 * HOUR), at=BEFORE)
    moved = events(api, feed)
    do(api, visit, "cancel", {"reason": "Bão số 3."}, at=BEFORE + HOUR)
    gone = events(api, feed)
    assert list(moved) == list(gone) == [uid]
    assert [each[uid]["SEQUENCE"] for each in (before, moved, gone)] == [0, 1, 2]
    assert moved[uid]["DTSTART"].dt == MORNING + 24 * HOUR
    assert [each[uid]["STATUS"] for each in (before, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_partner_has_it_in_the_calendar(api: Api, an: UUID, visits_db: sessionmaker[Session]) -> None:
    """A joint visit stands in the calendar of everybody who goes."""
    binh = person(visits_db, "Trần Thị Bình")
    plan(api, an, purpose="joint", partners=[{"official": str(binh)}])
    (event,) = events(api, make(api, binh)).values()
    assert "Lê Văn An; Trần Thị Bình" in event["DESCRIPTION"]


def test_what_has_not_changed_is_not_sent_again(api: Api, an: UUID) -> None:
    """The ETag sent back gives 304 until a visit changes."""
    visit, feed = plan(api, an), make(api, an)
    with clock.frozen(BEFORE):
        tag = {"If-None-Match": api.get(path_of(feed)).headers["ETag"]}
        same = api._client.get(f"/api/visits/v1{path_of(feed)}", headers=tag)
        assert (same.status_code, same.data) == (304, b"")
    do(api, visit, "cancel", {"reason": "Bão số 3."}, at=BEFORE + HOUR)
    with clock.frozen(BEFORE):
        assert api._client.get(f"/api/visits/v1{path_of(feed)}", headers=tag).status_code == 200


def test_a_revoked_address_is_unknown(api: Api, an: UUID) -> None:
    """Like one that never was: a 404 problem, and it cannot be revoked twice."""
    feed = make(api, an)
    assert api.delete(f"/calendar-feeds/{feed['id']}").status_code == 204
    for path in (path_of(feed), "/calendar/nothing.ics"):
        answer = api.get(path)
        assert answer.status_code == 404 and answer.mimetype == "application/problem+json"
    assert api.delete(f"/calendar-feeds/{feed['id']}").status_code == 404
    assert api.get("/calendar-feeds").json["items"] == []


def test_who_has_left_has_no_calendar(api: Api, an: UUID, visits_db: sessionmaker[Session]) -> None:
    """An official who is no longer active: the address is unknown."""
    feed = make(api, an)
    assert events(api, feed) == {}
    deliver(visits_db, facts.official_changed(2, official_id=an, full_name="Lê Văn An", active=False))
    assert api.get(path_of(feed)).status_code == 404


def test_a_feed_shows_no_more_than_who_made_it_may_see(api: Api, an: UUID) -> None:
    """A token of the town makes a feed of what lies in the town; one of the next district makes none at all."""
    plan(api, an)
    plan(api, an, unit="28993", starts=MORNING + 4 * HOUR)
    town = api.with_token(at=[TOWN])
    feed = make(town, an)
    assert [str(each["LOCATION"])[:12] for each in events(api, feed).values()] == ["Xã Bình Phú,"]
    elsewhere = api.with_token(at=[DISTRICT])
    assert elsewhere.post("/calendar-feeds", {"official": str(an)}).status_code == 403
    assert elsewhere.delete(f"/calendar-feeds/{feed['id']}").status_code == 404
    assert elsewhere.get("/calendar-feeds").json["items"] == []
    assert [each["id"] for each in town.get("/calendar-feeds").json["items"]] == [feed["id"]]
    everything = make(api, an)
    assert town.delete(f"/calendar-feeds/{everything['id']}").status_code == 404


def test_a_feed_of_nobody_is_refused(api: Api, places: Places) -> None:
    """An unknown official is named in the answer."""
    answer = api.post("/calendar-feeds", {"official": str(uuid4())})
    assert answer.status_code == 422 and "official" in answer.json["errors"]
