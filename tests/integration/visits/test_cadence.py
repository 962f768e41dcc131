"""Cadence: what is due of whom, reminders, excused periods, duties never exercised."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.cadence.reminding import remind_regularly
from services.visits.followings.actions import record_activity
from shared import clock
from shared.ids import uuid7
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, MY_THANH, TOWN, Api, Places, deliver
from tests.integration.visits.test_followings import follow, person
from tests.support import facts

FIRST = date(2026, 3, 2)
SOURCE = "Mặc định của hệ thống; chưa có văn bản quy định"


@contextmanager
def on(day: date) -> Iterator[None]:
    """Noon of a local day."""
    with clock.frozen(datetime(day.year, day.month, day.day, 5, tzinfo=UTC)):
        yield


@pytest.fixture
def follower(visits_db: sessionmaker[Session], places: Places) -> UUID:
    """An official who follows Bình Phú from the first day on."""
    official = person(visits_db, "Lê Văn An")
    follow(visits_db, official, "commune_follower", BINH_PHU, valid_from=FIRST)
    return official


def visited(sessions: sessionmaker[Session], official: UUID, day: date, path: str = BINH_PHU) -> None:
    """The official went there."""
    with sessions.begin() as session:
        record_activity(session, official, uuid7(), path, "visit", day, uuid7())


def due(api: Api, day: date, **query: Any) -> dict[str, tuple[str, str]]:
    """Day and state by activity."""
    with on(day):
        answer = api.get("/cadence/due", **query)
    assert answer.status_code == 200, answer.json
    return {each["activity"]: (each["due_on"], each["state"]) for each in answer.json["items"]}


def put_rule(api: Api, post: str, activity: str, **changes: Any) -> dict[str, Any]:
    """Change a rule from the version there is."""
    body = {
        "every_days": 30,
        "remind_before": 7,
        "tell_post": "district_overseer",
        "source": "Quy định 02",
    } | changes
    answer = api.put(f"/cadence/rules/{post}/{activity}", body, **{"If-Match": "*"})
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def told(sessions: sessionmaker[Session]) -> list[tuple[str, str, list[str]]]:
    """Kind, title and names of all reminders so far."""
    rows = "SELECT body->'data' AS data FROM outbox WHERE type LIKE '%reminder.due%' ORDER BY seq"
    with sessions() as session:
        found = session.scalars(text(rows)).all()
    return [(each["kind"], each["title_vi"], [one["full_name"] for one in each["recipients"]]) for each in found]


def test_what_is_due_counts_from_the_last_time(api: Api, follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """From the first day of the assignment, then from each visit; the other duties go on by themselves."""
    assert due(api, FIRST)["visit"] == ("2026-04-01", "upcoming")
    assert due(api, date(2026, 3, 25))["visit"] == ("2026-04-01", "due")
    assert due(api, date(2026, 4, 2))["visit"] == ("2026-04-01", "overdue")
    visited(visits_db, follower, date(2026, 4, 2))
    assert due(api, date(2026, 4, 2))["visit"] == ("2026-05-02", "upcoming")
    assert set(due(api, date(2026, 4, 2))) == {"visit", "meeting", "report", "contact"}
    assert due(api, date(2026, 4, 2), state="overdue") == {"contact": ("2026-04-01", "overdue")}


def test_a_visit_elsewhere_does_not_count(api: Api, follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """Only what was done inside the place followed counts for it."""
    visited(visits_db, follower, date(2026, 3, 20), MY_THANH)
    assert due(api, date(2026, 3, 21))["visit"] == ("2026-04-01", "upcoming")


def test_an_overseer_is_where_any_commune_of_the_district_is(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """A visit to one commune counts for the district."""
    overseer = person(visits_db, "Trần Bình")
    follow(visits_db, overseer, "district_overseer", TOWN, valid_from=FIRST)
    visited(visits_db, overseer, date(2026, 3, 10))
    assert due(api, date(2026, 3, 11)) == {"visit": ("2026-06-08", "upcoming")}


def test_excused_days_are_not_counted_until_withdrawn(api: Api, follower: UUID) -> None:
    """Ten excused days move the day by ten; withdrawing moves it back, and stays in the record."""
    body = {"official": str(follower), "first_day": "2026-03-10", "last_day": "2026-03-19", "reason": "Đi học"}
    made = api.post("/excusals", body | {"unit": "28789"})
    assert made.status_code == 201, made.json
    assert due(api, FIRST)["visit"] == ("2026-04-11", "upcoming")
    assert api.delete(f"/excusals/{made.json['id']}").status_code == 204
    assert due(api, FIRST)["visit"] == ("2026-04-01", "upcoming")
    (kept,) = api.get("/excusals", official=str(follower)).json["items"]
    assert kept["withdrawn_at"] and kept["unit_name"].startswith("Xã Bình Phú, ")


def test_an_excuse_stays_inside_the_territory(api: Api, follower: UUID) -> None:
    """Nobody is excused from what lies elsewhere, and nobody elsewhere sees or withdraws it."""
    body = {"official": str(follower), "first_day": "2026-03-10", "last_day": "2026-03-19", "reason": "Đi học"}
    there, here = api.with_token(at=(DISTRICT,)), api.with_token(at=(TOWN,))
    assert there.post("/excusals", body).status_code == 403
    assert there.post("/excusals", body | {"unit": "28789"}).status_code == 403
    with on(FIRST):
        made = here.post("/excusals", body)
    assert made.status_code == 201
    assert there.get("/excusals").json["items"] == []
    assert there.delete(f"/excusals/{made.json['id']}").status_code == 404
    assert [each["id"] for each in here.get("/excusals").json["items"]] == [made.json["id"]]


def test_reminders_come_once_before_and_once_after(
    api: Api, follower: UUID, visits_db: sessionmaker[Session]
) -> None:
    """However often one looks: the official before, the official and the overseer after."""
    overseer = person(visits_db, "Trần Bình")
    follow(visits_db, overseer, "district_overseer", TOWN, valid_from=FIRST)
    put_rule(api, "commune_follower", "contact", active=False)
    for days in range(40):
        with on(FIRST + timedelta(days=days)):
            remind_regularly(visits_db)
            remind_regularly(visits_db)
    assert told(visits_db) == [
        ("visit_due", "Sắp đến hạn đi cơ sở: Xã Bình Phú", ["Lê Văn An"]),
        ("visit_overdue", "Đã quá hạn đi cơ sở: Xã Bình Phú", ["Lê Văn An", "Trần Bình"]),
    ]


def test_one_who_was_there_in_time_is_not_told(api: Api, follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """A visit before the day of the reminder moves it; one in the days after it spares the second."""
    put_rule(api, "commune_follower", "contact", active=False)
    for days in range(60):
        day = FIRST + timedelta(days=days)
        if day in (date(2026, 3, 20), date(2026, 4, 15)):
            visited(visits_db, follower, day)
        with on(day):
            remind_regularly(visits_db)
    assert [kind for kind, _, _ in told(visits_db)] == ["visit_due"]  # for 19 April: since 12 April


def test_after_an_outage_only_what_is_late_is_told(follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """Who could not be reminded before is told once that it is overdue."""
    with on(FIRST):
        remind_regularly(visits_db)
    with on(date(2026, 4, 10)):
        remind_regularly(visits_db)
    assert sorted(kind for kind, _, _ in told(visits_db)) == ["contact_overdue", "visit_overdue"]


def test_an_ended_assignment_is_reminded_of_nothing(visits_db: sessionmaker[Session], places: Places) -> None:
    """Its obligations go when their day comes."""
    official = person(visits_db, "An")
    follow(visits_db, official, "commune_follower", BINH_PHU, valid_from=FIRST, valid_to=date(2026, 3, 20))
    for day in (FIRST, date(2026, 7, 1)):
        with on(day):
            remind_regularly(visits_db)
    with visits_db() as session:
        assert session.scalar(text("SELECT count(*) FROM obligations")) == 0
    assert told(visits_db) == []


def test_a_changed_rule_is_looked_at_at_once(api: Api, follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """Every ten days instead of thirty: who is late by the new rule is told on the next look."""
    with on(date(2026, 3, 14)):
        remind_regularly(visits_db)
        assert told(visits_db) == []
        changed = put_rule(api, "commune_follower", "visit", every_days=10, remind_before=2)
        assert (changed["version"], changed["source"]) == (2, "Quy định 02")
        remind_regularly(visits_db)
    assert [kind for kind, _, _ in told(visits_db)] == ["visit_overdue"]


def test_the_defaults_say_that_no_paper_sets_them(api: Api) -> None:
    """No law is invented: each default names itself as one."""
    items = api.get("/cadence/rules").json["items"]
    assert len(items) == 8 and {each["source"] for each in items} == {SOURCE}


def test_a_rule_is_changed_from_the_version_it_was_read(api: Api) -> None:
    """Without If-Match 428, with an old one 412; a post without a rule gets one; no other activity."""
    body = {"every_days": 14, "remind_before": 3, "source": "Quy định 02"}
    path = "/cadence/rules/commune_follower/visit"
    assert api.put(path, body).status_code == 428
    assert api.put(path, body, **{"If-Match": '"7"'}).status_code == 412
    assert api.put(path, body, **{"If-Match": '"1"'}).json["every_days"] == 14
    added = api.put("/cadence/rules/provincial_leader/visit", body, **{"If-Match": "*"})
    assert added.status_code == 200 and added.json["version"] == 1
    assert api.put("/cadence/rules/provincial_leader/dance", body, **{"If-Match": "*"}).status_code == 404
    refused = api.put(path, body | {"remind_before": 14}, **{"If-Match": "*"})
    assert refused.status_code == 422 and list(refused.json["errors"]) == ["remind_before"]
    reader = api.with_token(scopes=["visits:read", "visits:write"])
    assert reader.put(path, body, **{"If-Match": "*"}).status_code == 403


def test_a_meeting_is_noted_by_hand(api: Api, follower: UUID) -> None:
    """It counts for the cadence; a day to come, a visit, a place elsewhere are refused."""
    body = {"official": str(follower), "unit": "28789", "activity": "meeting", "on": "2026-03-05"}
    with on(date(2026, 3, 6)):
        made = api.post("/activities", body)
        assert made.status_code == 201, made.json
        for field, value in (
            ("on", "2026-03-07"),
            ("activity", "visit"),
            ("official", str(uuid7())),
            ("unit", "834"),
        ):
            refused = api.post("/activities", body | {field: value})
            assert refused.status_code == 422 and list(refused.json["errors"]) == [field], refused.json
        assert api.with_token(at=(DISTRICT,)).post("/activities", body).status_code == 403
    assert due(api, date(2026, 3, 6))["meeting"] == ("2026-06-03", "upcoming")


def test_duties_never_exercised_are_reported(api: Api, follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """Once the time for the first has passed and nothing was done since the assignment began."""
    visited(visits_db, follower, date(2026, 3, 30))
    with on(date(2026, 4, 15)):
        (one,) = api.get("/unused-duties").json["items"]
    assert (one["full_name"], one["since"], one["never"]) == ("Lê Văn An", "2026-03-02", ["contact"])
    with on(date(2026, 7, 1)):
        (one,) = api.get("/unused-duties").json["items"]
    assert sorted(one["never"]) == ["contact", "meeting", "report"]
    assert api.with_token(at=(DISTRICT,)).get("/unused-duties").json["items"] == []


def test_lists_have_pages_and_a_territory(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Page by page everything comes once, the most overdue first; nothing of elsewhere comes at all."""
    for number, path in enumerate((BINH_PHU, MY_THANH, BINH_PHU)):
        official = person(visits_db, f"Người {number}")
        follow(visits_db, official, "commune_follower", path, valid_from=FIRST + timedelta(days=number))
    with on(date(2026, 5, 1)):
        everything = api.get("/cadence/due").json["items"]
        seen, cursor = [], None
        while True:
            page = api.get("/cadence/due", limit=5, **({"cursor": cursor} if cursor else {})).json
            seen += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        here = api.with_token(at=(TOWN,)).get("/cadence/due").json["items"]
        there = api.get("/cadence/due", unit="834").json["items"]
        assert api.with_token(at=(TOWN,)).get("/cadence/due", unit="834").json["items"] == []
    assert seen == everything and len(seen) == 12
    assert [each["due_on"] for each in seen] == sorted(each["due_on"] for each in seen)
    assert {each["unit_path"] for each in here} == {BINH_PHU} and len(here) == 8
    assert {each["unit_path"] for each in there} == {MY_THANH} and len(there) == 4


def test_a_corrected_assignment_is_looked_at_again(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Another official since an earlier day: what is due of the new one is not slept over until the old one's."""
    wrong, right = person(visits_db, "Lê Văn An"), person(visits_db, "Trần Bình")
    made = follow(visits_db, wrong, "commune_follower", BINH_PHU, valid_from=date(2026, 3, 20))
    with on(date(2026, 3, 21)):
        remind_regularly(visits_db)
    changes = {"assignment_id": made, "valid_from": FIRST, "version": 2}
    with on(date(2026, 3, 22)):
        follow(visits_db, right, "commune_follower", BINH_PHU, **changes)
    with on(date(2026, 3, 26)):
        remind_regularly(visits_db)
    kinds = {kind: names for kind, _, names in told(visits_db)}
    assert kinds == {"visit_due": ["Trần Bình"], "contact_due": ["Trần Bình"]}


def away(sessions: sessionmaker[Session], official: UUID, **changes: Any) -> UUID:
    """Let an official be away from 10 until 20 March."""
    new = facts.absence_changed(official_id=official, **changes)
    deliver(sessions, new)
    return UUID(str(new.data["absence_id"]))


def test_who_is_away_owes_nothing_meanwhile(api: Api, follower: UUID, visits_db: sessionmaker[Session]) -> None:
    """Ten days without a substitute move the day by ten; an absence that is called off, or is only asked for, by
    none; one limited to another assignment neither."""
    absence = away(visits_db, follower)
    assert due(api, FIRST)["visit"] == ("2026-04-11", "upcoming")
    deliver(visits_db, facts.absence_changed(2, absence_id=absence, official_id=follower, counts=False))
    assert due(api, FIRST)["visit"] == ("2026-04-01", "upcoming")
    away(visits_db, follower, assignment_ids=[uuid7()])
    assert due(api, FIRST)["visit"] == ("2026-04-01", "upcoming")


def test_nobody_is_reminded_of_what_was_late_before(
    api: Api, follower: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Away from before it is due until it is known when: no reminder; back, it is due after as many days as were
    left, and only then is it late."""
    put_rule(api, "commune_follower", "contact", active=False)
    absence = away(visits_db, follower, valid_from=date(2026, 3, 22), valid_to=None)
    for days in range(120):
        with on(FIRST + timedelta(days=days)):
            remind_regularly(visits_db)
    assert told(visits_db) == []
    with on(date(2026, 6, 30)):
        back = {"valid_from": date(2026, 3, 22), "valid_to": date(2026, 7, 1)}
        deliver(visits_db, facts.absence_changed(2, absence_id=absence, official_id=follower, **back))
    for days in range(20):
        with on(date(2026, 7, 1) + timedelta(days=days)):
            remind_regularly(visits_db)
    assert [kind for kind, _, _ in told(visits_db)] == ["visit_due", "visit_overdue"]
    # Twenty days had passed on 22 March; the first free one again is 1 July.
    assert due(api, date(2026, 7, 1))["visit"] == ("2026-07-11", "upcoming")


def test_the_duty_of_who_is_away_is_the_substitutes(
    api: Api, follower: UUID, visits_db: sessionmaker[Session]
) -> None:
    """The days count, the substitute is reminded, and what the substitute does there meanwhile counts; before and
    after it does not."""
    put_rule(api, "commune_follower", "contact", active=False)
    substitute = person(visits_db, "Phạm Thị Cúc")
    away(visits_db, follower, substitute_id=substitute, valid_from=date(2026, 3, 20), valid_to=date(2026, 5, 20))
    for days in range(30):
        with on(FIRST + timedelta(days=days)):
            remind_regularly(visits_db)
    assert [(kind, names) for kind, _, names in told(visits_db)] == [("visit_due", ["Phạm Thị Cúc"])]
    for day in (date(2026, 3, 19), date(2026, 5, 20)):
        visited(visits_db, substitute, day)
    assert due(api, date(2026, 3, 28))["visit"] == ("2026-04-01", "due")
    visited(visits_db, substitute, date(2026, 3, 28))
    assert due(api, date(2026, 3, 28))["visit"] == ("2026-04-27", "upcoming")
    with on(date(2026, 3, 28)):
        (item,) = [each for each in api.get("/cadence/due").json["items"] if each["activity"] == "visit"]
    assert (item["official_id"], item["acting_id"]) == (str(follower), str(substitute))
