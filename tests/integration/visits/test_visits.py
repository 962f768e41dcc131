"""Visits: planned, moved, carried out for everybody who goes, clashes told, missed when nobody says anything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.feedback import model as feedback_model
from services.visits.visits import model as visit_model
from services.visits.visits.sweep import settle_visits
from shared import clock
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, MY_THANH, TOWN, Api, Places, Standing
from tests.integration.visits.test_followings import follow, person

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)  # 8 o'clock on a Monday
HOUR = timedelta(hours=1)
BEFORE = MORNING - timedelta(days=3)
ANY = {"If-Match": "*"}


@pytest.fixture
def an(visits_db: sessionmaker[Session], places: Places) -> UUID:
    """An official who follows Bình Phú."""
    official = person(visits_db, "Lê Văn An")
    follow(visits_db, official, "commune_follower", BINH_PHU)
    return official


@pytest.fixture
def binh(visits_db: sessionmaker[Session], places: Places) -> UUID:
    """Another official."""
    return person(visits_db, "Trần Thị Bình")


def planning(official: UUID, **changes: Any) -> dict[str, Any]:
    """What is sent to plan a visit of two hours."""
    starts = changes.pop("starts", MORNING)
    return {
        "unit": "28789",
        "purpose": "inspection",
        "subject": "Kiểm tra cống ngăn mặn",
        "official": str(official),
        "starts_at": starts.isoformat(),
        "ends_at": (starts + 2 * HOUR).isoformat(),
    } | changes


def plan(api: Api, official: UUID, **changes: Any) -> dict[str, Any]:
    """Plan a visit three days ahead; the body of the answer."""
    with clock.frozen(BEFORE):
        answer = api.post("/visits", planning(official, **changes))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def do(api: Api, visit: dict[str, Any], verb: str, body: Any, at: datetime = MORNING + HOUR) -> dict[str, Any]:
    """Do something to a visit; the body of the answer."""
    with clock.frozen(at):
        answer = api.post(f"/visits/{visit['id']}/{verb}", body, **ANY)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def rescheduled(starts: datetime, **changes: Any) -> dict[str, Any]:
    """What is sent to move a visit."""
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + HOUR).isoformat()}
    return times | {"reason": "Xã dời ngày họp."} | changes


def activities(sessions: sessionmaker[Session]) -> set[tuple[UUID, str, str]]:
    """Who did what on which day."""
    with sessions() as session:
        rows = session.execute(text("SELECT official_id, activity, day::text FROM activities"))
        return {(row.official_id, row.activity, row.day) for row in rows}


def told(sessions: sessionmaker[Session]) -> list[tuple[str, list[str]]]:
    """Kind and names of all reminders so far."""
    rows = "SELECT body->'data' AS data FROM outbox WHERE type LIKE '%reminder.due%' ORDER BY seq"
    with sessions() as session:
        found = session.scalars(text(rows)).all()
    return [(each["kind"], [one["full_name"] for one in each["recipients"]]) for each in found]


def test_the_tables_are_what_the_models_say(visits_db: sessionmaker[Session]) -> None:
    """Migration and models of visits and feedback agree."""
    models = [
        each
        for module in (visit_model, feedback_model)
        for each in vars(module).values()
        if hasattr(each, "__tablename__") and each.__module__ == module.__name__
    ]
    tables = {each.__tablename__ for each in models}
    with visits_db() as session:
        options = {
            "include_object": lambda thing, name, kind, *_: kind != "table" or name in tables,
            "compare_type": True,
        }
        context = MigrationContext.configure(session.connection(), opts=options)
        assert len(tables) == 9 and compare_metadata(context, visit_model.Visit.metadata) == []


def test_a_visit_is_planned_as_it_was_sent(api: Api, an: UUID) -> None:
    """Its answer shows place, people and times; read again it is the same, under its version."""
    visit = plan(api, an, meeting_place="Hội trường UBND xã")
    assert (visit["state"], visit["unit"]["path"]) == ("planned", BINH_PHU)
    assert visit["officials"] == [
        {"official_id": str(an), "full_name": "Lê Văn An", "role": "lead", "organisation": None}
    ]
    assert datetime.fromisoformat(visit["starts_at"]) == MORNING
    again = api.get(f"/visits/{visit['id']}")
    assert again.json == visit and again.headers["ETag"] == '"1"'


def test_a_joint_visit_counts_for_all_partners(
    api: Api, an: UUID, binh: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Carried out it is one visit of each who went, on the local day it took place, and once however often told."""
    partners = [{"official": str(binh), "organisation": "Huyện ủy Giồng Trôm"}]
    visit = plan(api, an, purpose="joint", partners=partners)
    assert activities(visits_db) == set()
    there = {"name": "Trần Văn Bảy", "position": "Bí thư Đảng ủy xã"}
    done = do(api, visit, "carry-out", {"attendance": [there, {"official": str(binh)}], "attended": 24})
    assert activities(visits_db) == {(each, "visit", "2026-03-02") for each in (an, binh)}
    assert [each["name"] for each in done["attendance"]] == ["Trần Văn Bảy", "Trần Thị Bình"]
    assert (done["state"], done["attended"], done["location"]) == ("carried_out", 24, None)
    assert [each["id"] for each in api.get("/visits", official=binh).json["items"]] == [visit["id"]]


def test_a_meeting_is_a_visit_and_a_meeting(api: Api, an: UUID, visits_db: sessionmaker[Session]) -> None:
    """Sitting in a committee counts for both."""
    where = {"latitude": 10.2434, "longitude": 106.3756}
    done = do(api, plan(api, an, purpose="committee_meeting"), "carry-out", {"location": where})
    assert activities(visits_db) == {(an, each, "2026-03-02") for each in ("visit", "meeting")}
    assert done["location"] == where


def test_a_person_is_never_in_two_places(api: Api, an: UUID, binh: UUID) -> None:
    """As leader or partner, also with a reason; what is in the way is told, and nothing is planned."""
    first = plan(api, an)
    joint = {"purpose": "joint", "partners": [{"official": str(an)}], "unit": "28993", "starts": MORNING + HOUR}
    with clock.frozen(BEFORE):
        allowed = {"allow_clash": True, "clash_reason": "Hai đoàn làm việc chung."}
        answer = api.post("/visits", planning(binh, **joint, **allowed))
    assert answer.status_code == 409
    (clash,) = answer.json["clashes"]
    assert (clash["with"], clash["visit"], clash["officials"][0]["full_name"]) == (
        "person",
        first["id"],
        "Lê Văn An",
    )
    assert len(api.get("/visits").json["items"]) == 1
    plan(api, binh, **joint | {"starts": MORNING + 2 * HOUR})  # right after it they can go


def test_a_clash_elsewhere_tells_the_time_only(api: Api, an: UUID) -> None:
    """Of a visit outside the territory neither place nor subject is shown."""
    plan(api, an)
    with clock.frozen(BEFORE):
        answer = api.with_token(at=[DISTRICT]).post("/visits", planning(an, unit="28993"))
    (clash,) = answer.json["clashes"]
    assert answer.status_code == 409 and clash["starts_at"]
    assert (clash["visit"], clash["subject"], clash["unit"]) == (None, None, None)


def test_a_commune_receives_two_visits_only_for_a_reason(api: Api, an: UUID, binh: UUID) -> None:
    """Without allow_clash it is refused, without its reason too; with both it is planned and remembered."""
    plan(api, an)
    with clock.frozen(BEFORE):
        assert api.post("/visits", planning(binh)).json["clashes"][0]["with"] == "commune"
        assert "clash_reason" in api.post("/visits", planning(binh, allow_clash=True)).json["errors"]
    visit = plan(api, binh, allow_clash=True, clash_reason="Hai đoàn làm việc chung.")
    assert visit["history"][0]["data"] == {"clash_reason": "Hai đoàn làm việc chung."}


def test_two_who_plan_at_once_do_not_both_get_the_time(api: Api, an: UUID) -> None:
    """Of several requests at the same moment for one person exactly one is planned."""

    def send(_: int) -> int:
        return int(api.post("/visits", planning(an)).status_code)

    with clock.frozen(BEFORE), ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [201, 409, 409, 409]


def test_rescheduling_keeps_history_and_frees_the_time(api: Api, an: UUID, binh: UUID) -> None:
    """The old time stands in the history with the reason, and others may go then."""
    visit = plan(api, an)
    moved = do(api, visit, "reschedule", rescheduled(MORNING + 24 * HOUR, official=str(an)), at=BEFORE)
    line = moved["history"][-1]
    assert (line["move"], line["reason"]) == ("reschedule", "Xã dời ngày họp.")
    assert datetime.fromisoformat(line["data"]["before"]["starts_at"]) == MORNING
    assert line["official"] == {"id": str(an), "full_name": "Lê Văn An"}
    plan(api, binh)


def test_a_visit_does_not_clash_with_itself(api: Api, an: UUID) -> None:
    """It may be moved by half an hour."""
    do(api, plan(api, an), "reschedule", rescheduled(MORNING + HOUR / 2), at=BEFORE)


def test_cancelling_frees_the_time(api: Api, an: UUID) -> None:
    """A cancelled visit is in nobody's way, and is over."""
    visit = do(api, plan(api, an), "cancel", {"reason": "Bão số 3."}, at=BEFORE)
    assert visit["state"] == "cancelled"
    plan(api, an)
    assert api.post(f"/visits/{visit['id']}/cancel", {"reason": "Bão số 3."}, **ANY).status_code == 409


def test_a_visit_is_not_carried_out_before_it_begins(api: Api, an: UUID) -> None:
    """Who went earlier reschedules it."""
    visit = plan(api, an)
    with clock.frozen(BEFORE):
        assert api.post(f"/visits/{visit['id']}/carry-out", {}, **ANY).status_code == 409


def test_an_update_from_an_old_version_is_refused(api: Api, an: UUID) -> None:
    """Without If-Match 428, with that of an older version 412: nobody's change is lost."""
    visit = plan(api, an)
    path, body = f"/visits/{visit['id']}/cancel", {"reason": "Bão số 3."}
    assert api.post(path, body).status_code == 428
    do(api, visit, "reschedule", rescheduled(MORNING + HOUR), at=BEFORE)
    assert api.post(path, body, **{"If-Match": '"1"'}).status_code == 412


def test_what_nobody_reported_is_missed_after_the_grace(
    api: Api, an: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Not before, then once: those who should have gone are told, and it can still be recorded or made up for."""
    visit = plan(api, an)
    with clock.frozen(MORNING + 2 * HOUR + timedelta(hours=47)):
        settle_visits(visits_db)
    assert api.get(f"/visits/{visit['id']}").json["state"] == "planned"
    for _ in range(2):
        with clock.frozen(MORNING + timedelta(days=9)):
            settle_visits(visits_db)
    missed = api.get(f"/visits/{visit['id']}").json
    assert (missed["state"], missed["history"][-1]["client_id"]) == ("missed", None)
    assert told(visits_db) == [("visit_missed", ["Lê Văn An"])]
    assert do(api, visit, "carry-out", {}, at=MORNING + timedelta(days=10))["state"] == "carried_out"
    assert activities(visits_db) == {(an, "visit", "2026-03-02")}


def test_after_an_outage_every_missed_visit_is_settled(
    api: Api, an: UUID, visits_db: sessionmaker[Session]
) -> None:
    """More than one batch, days late: each is missed once."""
    for number in range(60):
        plan(api, an, starts=MORNING + number * 3 * HOUR)
    with clock.frozen(MORNING + timedelta(days=40)):
        settle_visits(visits_db)
    assert len(told(visits_db)) == 60
    assert not api.get("/visits", state="planned").json["items"]


def test_a_visit_left_open_is_asked_for_feedback(api: Api, an: UUID, visits_db: sessionmaker[Session]) -> None:
    """Once, some days after it was recorded; it stays carried out."""
    visit = plan(api, an)
    do(api, visit, "carry-out", {})
    for day in (2, 5, 9):
        with clock.frozen(MORNING + timedelta(days=day)):
            settle_visits(visits_db)
    assert told(visits_db) == [("visit_unclosed", ["Lê Văn An"])]
    assert api.get(f"/visits/{visit['id']}").json["state"] == "carried_out"


def test_the_grace_is_configuration(api: Api, an: UUID, visits_db: sessionmaker[Session]) -> None:
    """Changed with its source under visits:configure by a token for all, it holds for what is planned then."""
    rule = {"name_vi": "Kiểm tra", "name_en": "Inspection", "grace_hours": 1, "close_hours": 1, "source": "QĐ 182"}
    path = "/visit-purposes/inspection"
    assert api.with_token(at=["83/"]).put(path, rule, **ANY).status_code == 403
    assert api.put(path, rule, **{"If-Match": '"1"'}).json["grace_hours"] == 1
    assert api.put("/visit-purposes/picnic", rule, **ANY).status_code == 404
    visit = plan(api, an)
    with clock.frozen(MORNING + 4 * HOUR):
        settle_visits(visits_db)
    assert api.get(f"/visits/{visit['id']}").json["state"] == "missed"


def test_lists_are_narrowed_and_paged(api: Api, an: UUID, binh: UUID) -> None:
    """By unit, state, purpose, person and day, the latest first, page by page."""
    ids = [plan(api, an, starts=MORNING + day * 24 * HOUR)["id"] for day in range(3)]
    other = plan(api, binh, unit="28993", purpose="local_activity")["id"]
    first = api.get("/visits", official=an, limit=2).json
    rest = api.get("/visits", official=an, limit=2, cursor=first["next_cursor"]).json
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1] and rest["next_cursor"] is None
    for query in ({"unit": "28993"}, {"purpose": "local_activity"}, {"unit": MY_THANH, "state": "planned"}):
        assert [each["id"] for each in api.get("/visits", **query).json["items"]] == [other]
    days = {"starts_from": "2026-03-03", "starts_to": "2026-03-03"}
    assert [each["id"] for each in api.get("/visits", **days).json["items"]] == [ids[1]]
    assert not api.get("/visits", state="missed").json["items"]


def test_the_territory_holds(api: Api, an: UUID) -> None:
    """From the next district a visit is neither planned, seen nor changed."""
    visit = plan(api, an)
    other = api.with_token(at=[DISTRICT])
    assert other.post("/visits", planning(an)).status_code == 403
    assert other.get(f"/visits/{visit['id']}").status_code == 404
    assert other.get("/visits").json["items"] == []
    assert other.post(f"/visits/{visit['id']}/cancel", {"reason": "Bão số 3."}, **ANY).status_code == 404
    assert api.with_token(at=[TOWN]).get(f"/visits/{visit['id']}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": "829"}, "unit"),
        ({"unit": "99999"}, "unit"),
        ({"hamlet": str(uuid4())}, "hamlet"),
        ({"official": str(uuid4())}, "official"),
        ({"purpose": "picnic"}, "purpose"),
        ({"purpose": "joint"}, "partners"),
        ({"purpose": "joint", "partners": [{"official": str(uuid4())}]}, "partners.0"),
        ({"partners": [{"official": str(uuid4())}]}, "partners"),
        ({"starts_at": "2026-03-02T08:00:00"}, "starts_at"),
        ({"starts_at": "1999-03-02T08:00:00+07:00"}, "starts_at"),
        ({"ends_at": "2026-03-02T08:00:00+07:00"}, "ends_at"),
        ({"subject": "x\u0007"}, "subject"),
        ({"subject": " "}, "subject"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_bad_plans_name_the_field(standing: Standing, changes: dict[str, Any], field: str) -> None:
    """A 422, and nothing is planned."""
    official = person(standing.sessions, "Lê Văn An")
    with clock.frozen(BEFORE):
        answer = standing.api.post("/visits", planning(official) | changes)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert standing.api.get("/visits", official=official).json["items"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"location": {"latitude": 106.4, "longitude": 10.2}}, "location.latitude"),
        ({"location": {"latitude": 10.2}}, "location.longitude"),
        ({"attendance": [{"position": "Bí thư"}]}, "attendance.0.name"),
        ({"attendance": [{"name": "An"}, {"official": str(uuid4())}]}, "attendance.1.official"),
        ({"attendance": [{"name": "An"}, {"name": "Ba"}], "attended": 1}, "attended"),
        ({"attended": -1}, "attended"),
        ({"official": str(uuid4())}, "official"),
    ],
)
def test_bad_records_name_the_field(api: Api, an: UUID, changes: dict[str, Any], field: str) -> None:
    """A 422, and the visit is as planned."""
    visit = plan(api, an)
    with clock.frozen(MORNING + HOUR):
        answer = api.post(f"/visits/{visit['id']}/carry-out", changes, **ANY)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert api.get(f"/visits/{visit['id']}").json == visit
