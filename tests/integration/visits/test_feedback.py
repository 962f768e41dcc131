"""Feedback: given to somebody for something by a day, answered, followed up; visits close with it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.feedback.sweep import chase_feedback
from shared import clock
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, TOWN, Api, Places, Standing
from tests.integration.visits.test_followings import follow, person
from tests.integration.visits.test_visits import ANY, BEFORE, HOUR, MORNING, activities, do, plan, told

DAY = date(2026, 3, 2)


@pytest.fixture
def an(visits_db: sessionmaker[Session], places: Places) -> UUID:
    """An official who follows Bình Phú."""
    official = person(visits_db, "Lê Văn An")
    follow(visits_db, official, "commune_follower", BINH_PHU)
    return official


@pytest.fixture
def leader(visits_db: sessionmaker[Session], places: Places) -> UUID:
    """Who speaks for Bình Phú."""
    official = person(visits_db, "Trần Văn Bảy")
    follow(visits_db, official, "commune_leadership", BINH_PHU)
    return official


def saying(official: UUID, **changes: Any) -> dict[str, Any]:
    """What is sent to give feedback that anybody can act on."""
    return {
        "unit": "28789",
        "official": str(official),
        "form": "formal",
        "addressee": {"kind": "standing_committee"},
        "text": "Cống số 2 chưa sửa, 40 ha lúa của ấp 3 đang bị mặn.",
        "action": "Sửa cống số 2 và báo cáo kết quả.",
        "due_on": "2026-03-31",
    } | changes


def give(api: Api, official: UUID, at: datetime = MORNING, **changes: Any) -> dict[str, Any]:
    """Give feedback; the body of the answer."""
    with clock.frozen(at):
        answer = api.post("/feedback", saying(official, **changes))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def send(api: Api, official: UUID, **changes: Any) -> Any:
    """The answer to feedback that may be refused."""
    with clock.frozen(MORNING):
        return api.post("/feedback", saying(official, **changes))


def move(api: Api, feedback: dict[str, Any], at: datetime = MORNING, **body: Any) -> dict[str, Any]:
    """Move feedback; the body of the answer."""
    with clock.frozen(at):
        answer = api.post(f"/feedback/{feedback['id']}/moves", body, **ANY)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def at(day: date) -> datetime:
    """Noon of a local day."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def test_feedback_names_addressee_action_and_day(
    api: Api, an: UUID, leader: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Shown as given, without flags; it counts for who gave it, and those who answer for the commune are told."""
    feedback = give(api, an)
    assert feedback["addressee"] == {"kind": "standing_committee", "name": None, "position": None}
    assert (feedback["state"], feedback["due_on"], feedback["flags"]) == ("given", "2026-03-31", [])
    assert (feedback["action"], feedback["overdue"]) == ("Sửa cống số 2 và báo cáo kết quả.", False)
    assert activities(visits_db) == {(an, "feedback", "2026-03-02")}
    assert told(visits_db) == [("feedback_given", ["Trần Văn Bảy"])]
    with clock.frozen(MORNING):
        again = api.get(f"/feedback/{feedback['id']}")
    assert again.json == feedback and again.headers["ETag"] == '"1"'


def test_general_wording_is_flagged_never_silently(api: Api, an: UUID) -> None:
    """A 422 with flags in both languages; confirmed it is given, and the flags are shown with it."""
    general = {"text": "Đề nghị xã tăng cường công tác thủy lợi", "action": None, "due_on": None, "addressee": None}
    answer = send(api, an, **general)
    flags = answer.json["flags"]
    assert answer.status_code == 422 and "confirm_general" in answer.json["errors"]
    assert [(each["code"], each["found"]) for each in flags] == [
        ("general_words", ["tăng cường"]),
        ("no_action", ["action"]),
        ("no_addressee", ["addressee"]),
        ("no_due_date", ["due_on"]),
    ]
    assert all(each["message_vi"] and each["message_en"] for each in flags)
    assert api.get("/feedback").json["items"] == []
    feedback = give(api, an, **general, confirm_general=True)
    assert feedback["flags"] == flags and feedback["follow_on"] == "2026-03-17"


def test_what_says_nothing_is_refused(api: Api, an: UUID) -> None:
    """Too short is refused also when confirmed, empty before any rule."""
    for words in ("Tốt.", " "):
        answer = send(api, an, text=words, confirm_general=True)
        assert answer.status_code == 422 and "text" in answer.json["errors"]


def test_the_rules_of_wording_can_be_read_and_changed(api: Api, an: UUID) -> None:
    """A phrase added is flagged from then on, a rule switched off is not; a token for one province may not."""
    rule = {
        "kind": "flag",
        "test": "words",
        "words": ["nói chung là ổn"],
        "message_vi": "Chung chung.",
        "message_en": "General.",
        "source": "Ban Tổ chức Tỉnh ủy",
    }
    path = "/wording-rules/praise_only"
    assert api.with_token(at=["83/"]).put(path, rule, **ANY).status_code == 403
    assert api.put(path, rule, **ANY).json["version"] == 1
    words = "Noi chung la on, lúa của ấp 3 tốt."
    assert send(api, an, text=words).json["flags"][0]["code"] == "praise_only"
    assert api.put(path, rule | {"active": False}, **{"If-Match": '"1"'}).status_code == 200
    assert api.put(path, rule, **{"If-Match": '"1"'}).status_code == 412
    give(api, an, text=words)
    listed = {each["code"]: each["active"] for each in api.get("/wording-rules").json["items"]}
    assert listed["praise_only"] is False and listed["too_short"] is True
    bad = api.put(path, rule | {"test": "shortest"}, **ANY)
    assert bad.status_code == 422 and "words" in bad.json["errors"]
    assert api.put("/wording-rules/Không phải mã", rule, **ANY).status_code == 404


def test_the_commune_answers_and_it_is_done(
    api: Api, an: UUID, leader: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Accepted with what will be done and by when, who gave it is told; then done, all of it in the history."""
    feedback = give(api, an)
    answer = {"text": "UBND xã sửa cống trước ngày 20/3.", "by": "Chủ tịch UBND xã", "due_on": "2026-03-20"}
    accepted = move(api, feedback, move="accept", official=str(leader), **answer)
    assert (accepted["state"], accepted["answered_by"]) == ("accepted", "Chủ tịch UBND xã")
    assert accepted["due_on"] == accepted["follow_on"] == "2026-03-20"
    done = move(api, feedback, move="done", text="Cống đã sửa, đã kiểm tra tại chỗ.", official=str(an))
    assert done["state"] == "done" and done["done_at"]
    assert [each["move"] for each in done["history"]] == ["give", "accept", "done"]
    assert [each["official"]["full_name"] for each in done["history"]] == ["Lê Văn An", "Trần Văn Bảy", "Lê Văn An"]
    assert told(visits_db) == [("feedback_given", ["Trần Văn Bảy"]), ("feedback_answered", ["Lê Văn An"])]


def test_what_is_not_done_after_all_is_opened_again(api: Api, an: UUID) -> None:
    """With a reason; the answer leaves the record but not the history, and the commune's time runs anew."""
    feedback = give(api, an)
    move(api, feedback, move="explain", text="Đã bố trí vốn năm sau.", by="Chủ tịch UBND xã")
    reopened = move(api, feedback, move="reopen", reason="Năm sau thì mất vụ lúa.", due_on="2026-04-10")
    assert (reopened["state"], reopened["answer"], reopened["follow_on"]) == ("reopened", None, "2026-04-10")
    assert reopened["history"][1]["data"]["text"] == "Đã bố trí vốn năm sau."
    answer = api.post(f"/feedback/{feedback['id']}/moves", {"move": "done", "text": "Xong."}, **ANY)
    assert answer.status_code == 409 and answer.json["state"] == "reopened"


def test_who_gave_it_takes_it_back_while_it_is_not_answered(
    api: Api, an: UUID, leader: UUID, visits_db: sessionmaker[Session]
) -> None:
    """With a reason, and only who gave it; the commune is told, it counts no more and is not chased."""
    feedback = give(api, an)
    path, back = f"/feedback/{feedback['id']}/moves", {"move": "withdraw", "reason": "Xã đã làm xong từ trước."}
    for body, field in ((back | {"official": str(leader)}, "official"), (back, "official")):
        answer = api.post(path, body, **ANY)
        assert answer.status_code == 422 and field in answer.json["errors"]
    gone = move(api, feedback, official=str(an), **back)
    assert (gone["state"], gone["overdue"], gone["history"][1]["reason"]) == ("withdrawn", False, back["reason"])
    assert told(visits_db)[1] == ("feedback_withdrawn", ["Trần Văn Bảy"])
    with visits_db() as session:
        assert session.execute(text("SELECT count(*) FROM activities")).scalar_one() == 0
    answered = move(api, other := give(api, an), move="explain", text="Đã làm.", by="Chủ tịch")
    assert answered["state"] == "explained"
    assert api.post(f"/feedback/{other['id']}/moves", back | {"official": str(an)}, **ANY).status_code == 409


def test_a_visit_that_was_closed_with_it_keeps_its_feedback(api: Api, an: UUID) -> None:
    """The only feedback of a closed visit stays; what was taken back closes none."""
    visit = plan(api, an)
    do(api, visit, "carry-out", {})
    back = {"move": "withdraw", "reason": "Nhầm xã.", "official": str(an)}
    taken = give(api, an, visit=visit["id"], unit=None)
    move(api, taken, **back)
    answer = api.post(f"/visits/{visit['id']}/close", {"feedback": [taken["id"]]}, **ANY)
    assert answer.status_code == 422 and "feedback.0" in answer.json["errors"]
    stays = give(api, an, visit=visit["id"], unit=None)
    do(api, visit, "close", {})
    assert api.post(f"/feedback/{stays['id']}/moves", back, **ANY).status_code == 409


def test_moves_need_their_details_and_the_version(api: Api, an: UUID) -> None:
    """A missing detail is named, an old version refused."""
    path = f"/feedback/{give(api, an)['id']}/moves"
    for body, field in (
        ({"move": "accept", "by": "Chủ tịch"}, "text"),
        ({"move": "reopen"}, "reason"),
        ({"move": "accept", "text": "Sửa.", "by": "Chủ tịch", "due_on": "2020-01-01"}, "due_on"),
        ({"move": "accept", "text": "Sửa.", "by": "Chủ tịch", "official": str(uuid4())}, "official"),
    ):
        answer = api.post(path, body, **ANY)
        assert answer.status_code == 422 and field in answer.json["errors"]
    good = {"move": "explain", "text": "Đã làm.", "by": "Chủ tịch"}
    assert api.post(path, good).status_code == 428
    assert api.post(path, good, **{"If-Match": '"7"'}).status_code == 412


def test_overdue_feedback_is_chased_until_done(
    api: Api, an: UUID, leader: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Before the day, on the day after, then weekly, once each; no more when it is done."""
    feedback = give(api, an)
    seen = []
    for day in range(60):
        today = DAY + timedelta(days=day)
        for _ in range(2):
            with clock.frozen(at(today)):
                chase_feedback(visits_db)
        seen += [(today.isoformat(), *each) for each in told(visits_db)[len(seen) + 1 :]]
        if today == date(2026, 4, 10):
            move(api, feedback, at(today), move="accept", text="Sửa.", by="Chủ tịch", due_on="2026-04-10")
            seen.append(("",))  # who gave it is told of the answer
            move(api, feedback, at(today), move="done", text="Đã sửa.")
    both = ["Lê Văn An", "Trần Văn Bảy"]
    assert [each for each in seen if each[0]] == [
        ("2026-03-28", "feedback_due", both),
        ("2026-04-01", "feedback_overdue", both),
        ("2026-04-08", "feedback_overdue", both),
    ]


def test_overdue_feedback_is_listed(api: Api, an: UUID) -> None:
    """From the day after, until it is done."""
    late = give(api, an)
    give(api, an, due_on="2026-06-30")
    with clock.frozen(at(date(2026, 3, 31))):
        assert api.get("/feedback", overdue=True).json["items"] == []
    with clock.frozen(at(date(2026, 4, 1))):
        (item,) = api.get("/feedback", overdue=True).json["items"]
    assert item["id"] == late["id"] and item["overdue"] is True
    move(api, late, move="explain", text="Đã làm.", by="Chủ tịch")
    move(api, late, move="done", text="Đã sửa.")
    with clock.frozen(at(date(2026, 4, 20))):
        assert api.get("/feedback", overdue=True).json["items"] == []


def test_restricted_feedback_does_not_exist_for_others(
    api: Api, an: UUID, leader: UUID, visits_db: sessionmaker[Session]
) -> None:
    """Without visits:write it is in no list and a 404 by id; reminders do not carry its text."""
    reader = person(visits_db, "Phạm Thị Dung")
    feedback = give(api, an, restricted=True, readers=[str(reader)])
    readers = api.with_token(scopes=["visits:read"])
    assert readers.get("/feedback").json["items"] == []
    assert readers.get(f"/feedback/{feedback['id']}").status_code == 404
    assert [each["id"] for each in api.get("/feedback").json["items"]] == [feedback["id"]]
    assert told(visits_db) == [("feedback_given", ["Trần Văn Bảy", "Phạm Thị Dung"])]
    with visits_db() as session:
        assert (
            "Cống số 2" not in session.execute(text("SELECT string_agg(body::text, '') FROM outbox")).scalar_one()
        )
    answer = send(api, an, readers=[str(reader)])
    assert answer.status_code == 422 and "readers" in answer.json["errors"]


def test_the_territory_holds(api: Api, an: UUID) -> None:
    """From the next district feedback is neither given, seen nor answered."""
    feedback = give(api, an)
    other = api.with_token(at=[DISTRICT])
    assert other.post("/feedback", saying(an)).status_code == 403
    assert other.get(f"/feedback/{feedback['id']}").status_code == 404
    assert other.get("/feedback").json["items"] == []
    body = {"move": "explain", "text": "Đã làm.", "by": "Chủ tịch"}
    assert other.post(f"/feedback/{feedback['id']}/moves", body, **ANY).status_code == 404
    assert api.with_token(at=[TOWN]).get(f"/feedback/{feedback['id']}").status_code == 200


def test_lists_are_narrowed_and_paged(api: Api, an: UUID, leader: UUID) -> None:
    """By unit, person, form, addressee, state and day, newest first, page by page."""
    ids = [give(api, an, MORNING + number * HOUR)["id"] for number in range(3)]
    key = {"kind": "key_official", "position": "Bí thư Đảng ủy"}
    other = give(api, leader, MORNING + 24 * HOUR, unit="28993", form="informal", addressee=key)["id"]
    first = api.get("/feedback", official=an, limit=2).json
    rest = api.get("/feedback", official=an, limit=2, cursor=first["next_cursor"]).json
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    for query in (
        {"unit": "28993"},
        {"form": "informal"},
        {"addressee": "key_official", "state": "given"},
        {"given_from": "2026-03-03", "given_to": "2026-03-03"},
    ):
        assert [each["id"] for each in api.get("/feedback", **query).json["items"]] == [other]


def test_a_visit_closes_with_its_feedback(api: Api, an: UUID) -> None:
    """Feedback given under the visit is enough; its place is that of the visit."""
    visit = plan(api, an)
    do(api, visit, "carry-out", {})
    feedback = give(api, an, visit=visit["id"], unit=None)
    assert feedback["unit"]["path"] == BINH_PHU
    closed = do(api, visit, "close", {})
    assert (closed["state"], closed["no_feedback_reason"]) == ("closed", None)
    assert [each["id"] for each in api.get("/feedback", visit=visit["id"]).json["items"]] == [feedback["id"]]


def test_a_visit_does_not_tell_of_restricted_feedback(api: Api, an: UUID) -> None:
    """A visit closed with it names it nowhere."""
    visit = plan(api, an)
    do(api, visit, "carry-out", {})
    feedback = give(api, an, visit=visit["id"], restricted=True)
    do(api, visit, "close", {})
    shown = api.with_token(scopes=["visits:read"]).get(f"/visits/{visit['id']}")
    assert shown.json["state"] == "closed" and feedback["id"] not in shown.text


def test_feedback_can_be_named_on_closing(api: Api, an: UUID) -> None:
    """It then belongs to that visit, and to no other."""
    visit, other = plan(api, an), plan(api, an, starts=MORNING + 4 * HOUR)
    do(api, visit, "carry-out", {})
    do(api, other, "carry-out", {}, at=MORNING + 6 * HOUR)
    feedback = give(api, an)
    do(api, visit, "close", {"feedback": [feedback["id"]]})
    assert api.get(f"/feedback/{feedback['id']}").json["visit_id"] == visit["id"]
    for wrong in (feedback["id"], str(uuid4()), give(api, an, unit="28993")["id"]):
        answer = api.post(f"/visits/{other['id']}/close", {"feedback": [wrong]}, **ANY)
        assert answer.status_code == 422 and "feedback.0" in answer.json["errors"]


def test_a_visit_without_feedback_closes_only_with_a_reason(api: Api, an: UUID) -> None:
    """Neither is refused naming the field; a planned visit does not close at all."""
    visit = plan(api, an)
    reason = {"no_feedback_reason": "Chỉ dự lễ, không có nội dung làm việc."}
    assert api.post(f"/visits/{visit['id']}/close", reason, **ANY).status_code == 409
    do(api, visit, "carry-out", {})
    answer = api.post(f"/visits/{visit['id']}/close", {}, **ANY)
    assert answer.status_code == 422 and "no_feedback_reason" in answer.json["errors"]
    closed = do(api, visit, "close", reason)
    assert (closed["state"], closed["no_feedback_reason"]) == ("closed", reason["no_feedback_reason"])


def test_feedback_belongs_to_what_it_is_about(api: Api, an: UUID) -> None:
    """An issue by its code, a visit of the same commune that was not cancelled; others are named."""
    issue = api.report()
    assert give(api, an, issue=issue["code"])["issue_id"] == issue["id"]
    visit = plan(api, an)
    for changes, field in (
        ({"issue": "BT-2026-999999"}, "issue"),
        ({"visit": str(uuid4())}, "visit"),
        ({"visit": visit["id"], "unit": "28993"}, "unit"),
        ({"unit": None}, "unit"),
    ):
        answer = send(api, an, **changes)
        assert answer.status_code == 422 and field in answer.json["errors"]
    do(api, visit, "cancel", {"reason": "Bão số 3."}, at=BEFORE)
    answer = send(api, an, visit=visit["id"])
    assert answer.status_code == 422 and "visit" in answer.json["errors"]


def test_how_it_is_followed_up_is_configuration(api: Api, an: UUID) -> None:
    """The usual time is a row with its source, changed by a token for all."""
    rule = {"answer_days": 5, "remind_before_days": 1, "chase_every_days": 2, "source": "Quy định 02"}
    tag = {"If-Match": api.get("/feedback-follow-up").headers["ETag"]}
    assert api.with_token(at=["83/"]).put("/feedback-follow-up", rule, **tag).status_code == 403
    assert api.put("/feedback-follow-up", rule, **tag).json["answer_days"] == 5
    assert give(api, an, due_on=None, confirm_general=True)["follow_on"] == "2026-03-07"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": "829"}, "unit"),
        ({"official": str(uuid4())}, "official"),
        ({"form": "secret"}, "form"),
        ({"addressee": {"kind": "everybody"}}, "addressee.kind"),
        ({"addressee": {"kind": "key_official"}}, "addressee.name"),
        ({"addressee": {"kind": "committee", "name": "Ông Bảy"}}, "addressee.name"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"text": "a\u0000b"}, "text"),
        ({"restricted": True, "readers": [str(uuid4())]}, "readers.0"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_bad_feedback_names_the_field(standing: Standing, changes: dict[str, Any], field: str) -> None:
    """A 422, and nothing is given."""
    official = person(standing.sessions, "Lê Văn An")
    with clock.frozen(MORNING):
        answer = standing.api.post("/feedback", saying(official) | changes)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert standing.api.get("/feedback", official=official).json["items"] == []
