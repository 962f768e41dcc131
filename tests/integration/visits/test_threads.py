"""Threads: what is said, who watches, what is linked; over the API."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.threads.sweep import tell_watchers_of_news
from shared import clock
from shared.messaging.events import read
from tests.integration.visits.conftest import Api, Places, Standing, deliver
from tests.support import facts

READER = ["visits:read"]


def official(sessions: sessionmaker[Session], name: str, **changes: Any) -> str:
    """Somebody the service has heard of; their id."""
    new = facts.official_changed(full_name=name, **changes)
    deliver(sessions, new)
    return str(new.data["official_id"])


def reminders(sessions: sessionmaker[Session], kind: str = "issue_news") -> list[Any]:
    """What officials were told of this kind, oldest first."""
    with sessions() as session:
        rows = session.execute(text("SELECT CAST(body AS text) FROM outbox ORDER BY seq")).scalars()
        data = [read(row).data for row in rows]
    return [each for each in data if each.get("kind") == kind]


def say(api: Api, issue: dict[str, Any], words: str, **more: Any) -> dict[str, Any]:
    """Comment on an issue; the body of the answer."""
    answer = api.post(f"/issues/{issue['id']}/comments", {"text": words, **more})
    assert answer.status_code == 201, answer.json
    return answer.json


def thread(api: Api, issue: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """The entries of a thread."""
    answer = api.get(f"/issues/{issue['id']}/thread", **query)
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def test_a_thread_holds_what_was_said_and_what_happened_in_order(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Comments and lines stand one after the other, oldest first, whatever the size of a page."""
    issue = api.report()
    dao = official(visits_db, "Nguyễn Thị Hồng Đào")
    said = say(api, issue, "Đã xuống xem.\nCống gãy trục.", official=dao)
    api.escalate(issue)
    say(api, issue, "Xã đã đóng tạm.")
    entries = thread(api, issue)
    assert [each["kind"] for each in entries] == ["reported", "comment", "escalated", "comment"]
    assert entries[1]["comment"] == said and said["text"] == "Đã xuống xem.\nCống gãy trục."
    assert said["actor"] == {"kind": "official", "id": dao, "name": "Nguyễn Thị Hồng Đào"}
    assert entries[3]["actor"] == {"kind": "client", "id": "tester", "name": None}
    paged, cursor = [], None
    while True:
        page = api.get(f"/issues/{issue['code']}/thread", limit=1, **({"cursor": cursor} if cursor else {})).json
        paged += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == entries


def test_what_officials_say_among_themselves_is_for_those_who_handle_issues(api: Api, places: Places) -> None:
    """A token that only reads neither sees it nor that it is there; everybody sees the rest."""
    issue = api.report()
    say(api, issue, "Giữa cán bộ với nhau.", visible_to="officials")
    say(api, issue, "Cho mọi người.")
    reader = api.with_token(scopes=READER)
    assert [each["comment"]["text"] for each in thread(api, issue)[1:]] == [
        "Giữa cán bộ với nhau.",
        "Cho mọi người.",
    ]
    assert [each["comment"]["text"] for each in thread(reader, issue)[1:]] == ["Cho mọi người."]


def test_a_withdrawn_comment_leaves_its_place_and_the_reason(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Its words are gone from every answer; nobody else can do it, and not twice."""
    issue = api.report()
    dao, bay = official(visits_db, "Nguyễn Thị Hồng Đào"), official(visits_db, "Lê Văn Bảy")
    said = say(api, issue, "Ghi nhầm số điện thoại người dân.", official=dao)
    path = f"/issues/{issue['id']}/comments/{said['id']}/withdrawal"
    assert api.post(path, {"reason": "Không đúng", "official": bay}).status_code == 409
    assert thread(api, issue)[1]["comment"]["text"]
    gone = api.post(path, {"reason": "Ghi nhầm", "official": dao})
    assert (gone.status_code, gone.json["text"], gone.json["withdrawn"]["reason"]) == (201, None, "Ghi nhầm")
    assert "điện thoại" not in api.get(f"/issues/{issue['id']}/thread").text
    assert api.post(path, {"reason": "Ghi nhầm", "official": dao}).status_code == 409


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_comments_are_never_edited(standing: Standing, method: str) -> None:
    """There is no way to."""
    issue = standing.api.report()
    said = say(standing.api, issue, "Ý kiến")
    path = f"/issues/{issue['id']}/comments/{said['id']}"
    arguments = (path,) if method == "delete" else (path, {"text": "Khác"})
    assert getattr(standing.api, method)(*arguments).status_code in (404, 405)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "a\u0007"}, "text"),
        ({"text": "a", "visible_to": "nobody"}, "visible_to"),
        ({"text": "a", "official": str(uuid4())}, "official"),
        ({"text": "a", "by": "x"}, "by"),
    ],
)
def test_a_bad_comment_is_refused_by_name(standing: Standing, body: dict[str, Any], field: str) -> None:
    """And nothing is said."""
    issue = standing.api.report()
    answer = standing.api.post(f"/issues/{issue['id']}/comments", body)
    assert answer.status_code == 422
    assert field in (answer.json.get("errors") or {answer.json.get("field"): 1})
    assert len(thread(standing.api, issue)) == 1


def test_an_inactive_official_says_nothing_and_watches_nothing(standing: Standing) -> None:
    """Who has left is refused by the field that names them."""
    issue = standing.api.report()
    left = official(standing.sessions, "Đã Nghỉ", active=False)
    assert standing.api.post(f"/issues/{issue['id']}/comments", {"text": "a", "official": left}).status_code == 422
    assert standing.api.put(f"/issues/{issue['id']}/watchers/{left}", None).status_code == 422


def test_watchers_are_told_once_of_all_that_happened(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """One message for all news since the last one, to each watcher; the next run has nothing to say."""
    issue = api.report()
    dao, bay = official(visits_db, "Nguyễn Thị Hồng Đào"), official(visits_db, "Lê Văn Bảy")
    for each in (dao, bay, dao):
        assert api.put(f"/issues/{issue['id']}/watchers/{each}", None).status_code == 200
    api.escalate(issue)
    say(api, issue, "Đã xuống xem.", official=dao)
    for _ in range(2):
        tell_watchers_of_news(visits_db)
    [told] = reminders(visits_db)
    assert [str(each["official_id"]) for each in told["recipients"]] == [dao, bay]
    assert (told["issue_code"], told["unit_path"]) == (issue["code"], "83/829/28789/")
    assert "Chuyển lên cấp 1" in told["body_vi"] and "Đã xuống xem." in told["body_vi"]
    assert "Escalated to step 1" in told["body_en"]
    say(api, issue, "Đang sửa.", official=dao)
    tell_watchers_of_news(visits_db)
    assert [str(each["official_id"]) for each in reminders(visits_db)[1]["recipients"]] == [bay]


def test_nobody_is_told_of_an_issue_nobody_watches(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Neither before anybody watched, nor after they left."""
    issue = api.report()
    dao = official(visits_db, "Nguyễn Thị Hồng Đào")
    api.escalate(issue)
    assert api.put(f"/issues/{issue['id']}/watchers/{dao}", None).status_code == 200
    assert api.delete(f"/issues/{issue['id']}/watchers/{dao}").status_code == 204
    say(api, issue, "Không ai nghe.")
    tell_watchers_of_news(visits_db)
    assert reminders(visits_db) == []
    with visits_db() as session:
        assert session.execute(text("SELECT count(*) FROM thread_news")).scalar_one() == 0


def test_what_was_withdrawn_before_the_message_is_not_in_it(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Taking a word back in time keeps it from being sent."""
    issue = api.report()
    dao = official(visits_db, "Nguyễn Thị Hồng Đào")
    api.put(f"/issues/{issue['id']}/watchers/{dao}", None)
    said = say(api, issue, "Ghi nhầm.")
    api.post(f"/issues/{issue['id']}/comments/{said['id']}/withdrawal", {"reason": "Ghi nhầm"})
    tell_watchers_of_news(visits_db)
    assert reminders(visits_db) == []


def test_who_watches_what_is_listed_from_both_sides(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The watchers of an issue, and the issues of a watcher inside the territory."""
    here, there = api.report(), api.report(unit="28993")
    dao = official(visits_db, "Nguyễn Thị Hồng Đào")
    for issue in (here, there):
        api.put(f"/issues/{issue['id']}/watchers/{dao}", None)
    [watcher] = api.get(f"/issues/{here['id']}/watchers").json["items"]
    assert watcher["official"] == {"id": dao, "full_name": "Nguyễn Thị Hồng Đào"}
    assert [each["id"] for each in api.get("/watched-issues", official=dao).json["items"]] == [
        there["id"],
        here["id"],
    ]
    district = api.with_token(at=["83/834/"])
    assert [each["id"] for each in district.get("/watched-issues", official=dao).json["items"]] == [there["id"]]
    assert api.delete(f"/issues/{here['id']}/watchers/{uuid4()}").status_code == 404


def test_a_document_is_linked_and_the_link_taken_away(api: Api, places: Places) -> None:
    """Both stand on the timeline; the same document is not linked twice."""
    issue = api.report()
    path = f"/issues/{issue['id']}/links"
    paper = {"kind": "document", "number": "12/TB-UBND", "title": "Thông báo", "url": "https://bentre.example/12"}
    made = api.post(path, paper)
    assert made.status_code == 201 and made.json["document"]["number"] == "12/TB-UBND"
    assert api.post(path, paper).status_code == 409
    assert api.get(path).json["items"] == [made.json]
    assert api.delete(f"{path}/{made.json['id']}").status_code == 204
    assert api.get(path).json["items"] == []
    kinds = [each["kind"] for each in api.get(f"/issues/{issue['id']}/timeline").json["items"]]
    assert kinds == ["reported", "linked", "unlinked"]


def test_the_same_document_sent_many_times_at_once_is_linked_once(api: Api, places: Places) -> None:
    """One is linked, the others are told so."""
    issue = api.report()
    paper = {"kind": "document", "number": "12/TB-UBND", "title": "Thông báo"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.post(f"/issues/{issue['id']}/links", paper).status_code, range(4)))
    assert sorted(answers) == [201, 409, 409, 409]


def test_a_link_between_issues_is_seen_from_both(api: Api, places: Places) -> None:
    """Each shows the other, on both timelines; one that lies outside the territory is not shown."""
    here, there = api.report(), api.report(unit="28993")
    made = api.post(f"/issues/{here['id']}/links", {"kind": "issue", "target": there["code"]})
    assert made.status_code == 201 and made.json["issue"]["code"] == there["code"]
    [seen] = api.get(f"/issues/{there['id']}/links").json["items"]
    assert (seen["id"], seen["issue"]["code"]) == (made.json["id"], here["code"])
    assert api.post(f"/issues/{there['id']}/links", {"kind": "issue", "target": here["id"]}).status_code == 409
    for issue in (here, there):
        assert [each["kind"] for each in thread(api, issue)] == ["reported", "linked"]
    district = api.with_token(at=["83/834/"])
    assert district.get(f"/issues/{there['id']}/links").json["items"] == []


def test_a_visit_is_linked(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Once; a visit to another territory is not there."""
    issue, dao = api.report(), official(visits_db, "Nguyễn Thị Hồng Đào")
    visit = {"unit": "28789", "purpose": "inspection", "subject": "Kiểm tra cống", "official": dao}
    starts = clock.now() + timedelta(days=3)
    times = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    planned = api.post("/visits", visit | times)
    assert planned.status_code == 201, planned.json
    path, body = f"/issues/{issue['id']}/links", {"kind": "visit", "target": planned.json["id"]}
    made = api.post(path, body)
    assert (made.status_code, made.json["target"]) == (201, planned.json["id"])
    assert api.post(path, body).status_code == 409
    there = api.with_token(at=["83/834/"])
    other = api.report(unit="28993")
    assert there.post(f"/issues/{other['id']}/links", body).status_code == 422


def test_a_link_to_restricted_feedback_is_for_those_who_handle_issues(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Others see neither the link nor a line of it; open feedback they see."""
    issue, dao = api.report(), official(visits_db, "Nguyễn Thị Hồng Đào")
    words = {"text": "Sửa trục cống ngăn mặn ở ấp 1.", "action": "Thay trục cống"}
    words["due_on"] = (clock.today() + timedelta(days=30)).isoformat()
    to = {"official": dao, "unit": "28789", "form": "formal", "addressee": {"kind": "committee"}}
    for restricted in (True, False):
        given = api.post("/feedback", words | to | {"restricted": restricted, "confirm_general": True})
        assert given.status_code == 201, given.json
        link = {"kind": "feedback", "target": given.json["id"]}
        assert api.post(f"/issues/{issue['id']}/links", link).status_code == 201
    reader = api.with_token(scopes=READER)
    assert len(api.get(f"/issues/{issue['id']}/links").json["items"]) == 2
    [seen] = reader.get(f"/issues/{issue['id']}/links").json["items"]
    assert seen["target"] == given.json["id"]
    assert [each["kind"] for each in thread(reader, issue)] == ["reported", "linked"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "issue", "target": "BT-2026-999999"}, "target"),
        ({"kind": "visit", "target": "x"}, "target"),
        ({"kind": "visit", "target": str(uuid4())}, "target"),
        ({"kind": "feedback", "target": str(uuid4())}, "target"),
        ({"kind": "document", "number": "1"}, "title"),
        ({"kind": "document", "number": "1", "title": "a", "url": "javascript:alert(1)"}, "url"),
        ({"kind": "person", "target": "x"}, "kind"),
    ],
)
def test_a_bad_link_is_refused_by_name(standing: Standing, body: dict[str, Any], field: str) -> None:
    """What is not there cannot be linked."""
    issue = standing.api.report()
    answer = standing.api.post(f"/issues/{issue['id']}/links", body)
    assert answer.status_code == 422, answer.json
    assert field in (answer.json.get("errors") or {answer.json.get("field"): 1})


def test_an_issue_is_not_linked_to_itself_or_to_one_outside_the_territory(standing: Standing) -> None:
    """Both are refused by the field."""
    here, there = standing.api.report(), standing.api.report(unit="28993")
    district = standing.api.with_token(at=["83/829/"])
    for target in (here["id"], there["id"]):
        answer = district.post(f"/issues/{here['id']}/links", {"kind": "issue", "target": target})
        assert answer.status_code == 422


def test_nothing_of_an_issue_is_reached_from_another_territory(standing: Standing) -> None:
    """404, whatever is asked for."""
    issue = standing.api.report()
    said = say(standing.api, issue, "Ý kiến")
    dao = official(standing.sessions, "Nguyễn Thị Hồng Đào")
    elsewhere, path = standing.api.with_token(at=["86/"]), f"/issues/{issue['id']}"
    for part in ("thread", "watchers", "links"):
        assert elsewhere.get(f"{path}/{part}").status_code == 404
    assert elsewhere.post(f"{path}/comments", {"text": "a"}).status_code == 404
    assert elsewhere.post(f"{path}/comments/{said['id']}/withdrawal", {"reason": "Ghi nhầm"}).status_code == 404
    assert elsewhere.put(f"{path}/watchers/{dao}", None).status_code == 404
    link = {"kind": "document", "number": "1", "title": "a"}
    assert elsewhere.post(f"{path}/links", link).status_code == 404
