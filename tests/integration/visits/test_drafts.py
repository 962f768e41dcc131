"""Drafts made offline: each done once, and a bad one harms no other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.drafts.kinds import KINDS, Kind
from shared import clock
from tests.integration.visits.conftest import Api, Places, Standing, report
from tests.integration.visits.test_reports import person
from tests.support.tokens import bearer

MADE = "2026-03-02T08:30:00+07:00"


def draft(kind: str = "issue", body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A draft of an issue, or of something else."""
    return {"client_id": str(uuid4()), "kind": kind, "made_at": MADE, "body": body or report()} | changes


def hand_in(api: Api, *drafts: dict[str, Any]) -> list[dict[str, Any]]:
    """What becomes of drafts."""
    answer = api.post("/drafts/batch", {"items": list(drafts)})
    assert answer.status_code == 200, answer.json
    outcomes = answer.json["items"]
    assert [each["client_id"] for each in outcomes] == [each["client_id"] for each in drafts]
    return outcomes


def issues(sessions: sessionmaker[Session]) -> int:
    """How many issues there are."""
    with sessions() as session:
        return int(session.scalar(text("SELECT count(*) FROM issues")))


def test_a_draft_becomes_what_it_is_a_draft_of(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """An issue, a question to a commune, a report, support: in one batch, each with the id of what it made."""
    an = person(visits_db, "An")
    gift = {"kind": "money", "amount": 5_000_000, "purpose": "gifts", "given_on": "2026-03-02"}
    sponsor = {"sponsor": {"name": "Bà Tư", "kind": "individual"}}
    outcomes = hand_in(
        api,
        draft(),
        draft("information_request", {"unit": "28789", "question": "Bao nhiêu hộ thiếu nước?"}),
        draft("situation_report", {"official": an, "unit": "28789", "period": "month"}),
        draft("support", {"unit": "28789", "official": an} | gift | sponsor),
    )
    assert [(each["status"], each["problem"]) for each in outcomes] == [("created", None)] * 4
    for path, each in zip(("issues", "information-requests", "reports", "support"), outcomes, strict=True):
        assert api.get(f"/{path}/{each['id']}").json["id"] == each["id"]


def test_a_comment_may_be_on_an_issue_of_the_same_batch(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """It names the issue by the id of its draft, or by its id or code; another client's drafts are none of ours."""
    issue = draft()
    said = draft("comment", {"issue": issue["client_id"], "text": "Nước đã vào ruộng."})
    first, second = hand_in(api, issue, said)
    assert (first["status"], second["status"]) == ("created", "created"), second
    later = draft("comment", {"issue": first["id"], "text": "Đã đắp bờ tạm."})
    assert hand_in(api, later)[0]["status"] == "created"
    comments = api.get(f"/issues/{first['id']}/thread").json["items"]
    assert [each["comment"]["text"] for each in comments if each["comment"]] == [
        "Nước đã vào ruộng.",
        "Đã đắp bờ tạm.",
    ]
    [stranger] = hand_in(Api(api._client, bearer(client_id="another")), said)
    assert stranger["problem"]["status"] == 404


def test_a_visit_made_offline_is_handed_in_with_what_came_of_it(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The visit, that it was carried out, and feedback naming it: each refers to the draft before it."""
    an = person(visits_db, "An")
    times = {"starts_at": "2026-03-02T08:00:00+07:00", "ends_at": "2026-03-02T10:00:00+07:00"}
    about = {"unit": "28789", "official": an, "purpose": "cell_meeting", "subject": "Họp chi bộ ấp 3"}
    visit = draft("visit", about | times)
    done = draft("visit_carried_out", {"visit": visit["client_id"], "summary": "Họp chi bộ.", "attended": 12})
    what = {"text": "Chi bộ cần gửi danh sách 12 hộ thiếu nước.", "action": "Gửi danh sách hộ thiếu nước"}
    to = {"form": "formal", "addressee": {"kind": "committee"}, "due_on": "2026-03-10"}
    said = draft("feedback", {"visit": visit["client_id"], "official": an} | what | to)
    with clock.frozen(datetime(2026, 3, 2, 0, 30, tzinfo=UTC)):
        [planned] = hand_in(api, visit)
    with clock.frozen(datetime(2026, 3, 2, 5, 0, tzinfo=UTC)):
        again, carried, given = hand_in(api, visit, done, said)
    assert [again["status"], carried["status"], given["status"]] == ["repeated", "created", "created"], (
        carried,
        given,
    )
    assert planned["id"] == again["id"] == carried["id"]
    assert api.get(f"/visits/{planned['id']}").json["state"] == "carried_out"
    assert api.get(f"/feedback/{given['id']}").json["visit_id"] == planned["id"]


def test_what_is_sent_again_is_done_once(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Also in another batch, with its fields in another order; the answer is the id there was."""
    one, two = draft(), draft()
    [made] = hand_in(api, one)
    turned = one | {"body": dict(reversed(one["body"].items()))}
    again, other = hand_in(api, turned, two)
    assert (again["status"], again["id"], other["status"]) == ("repeated", made["id"], "created")
    assert issues(visits_db) == 2


def test_an_id_belongs_to_one_draft(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Another text under it is refused and changes nothing; another client may use the same id."""
    one = draft()
    [made] = hand_in(api, one)
    [refused] = hand_in(api, one | {"body": report(title="Khác")})
    assert refused["status"] == "refused" and refused["problem"]["status"] == 409
    assert "client_id" in refused["problem"]["errors"]
    other = Api(api._client, bearer(client_id="another"))
    [theirs] = hand_in(other, one)
    assert theirs["status"] == "created" and theirs["id"] != made["id"] and issues(visits_db) == 2


BAD: dict[str, tuple[str, dict[str, Any], int, str | None]] = {
    "a field is missing": ("issue", {"unit": "28789"}, 422, "title"),
    "a field is unknown": ("issue", report(mood="bad"), 422, "mood"),
    "a control character": ("issue", report(title="a\u0000b"), 422, "title"),
    "a field inside": ("issue", report(reporter={"name": 1}), 422, "reporter.name"),
    "no such unit": ("issue", report(unit="99999"), 422, "unit"),
    "no such category": ("issue", report(category="magic"), 422, "category"),
    "elsewhere": ("issue", report(unit="28993"), 403, None),
    "money to nobody": ("support", {"unit": "28789"}, 422, "official"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_draft_harms_no_other(api: Api, places: Places, visits_db: sessionmaker[Session], what: str) -> None:
    """It says what is wrong as a request of its own would; those before and after it are done."""
    kind, body, status, field = BAD[what]
    town = api.with_token(at=["83/829/"])
    before, bad, after = hand_in(town, draft(), draft(kind, body), draft())
    assert (before["status"], bad["status"], after["status"]) == ("created", "refused", "created")
    assert bad["problem"]["status"] == status and bad["id"] is None
    assert field is None or field in bad["problem"]["errors"]
    assert issues(visits_db) == 2


def test_what_was_refused_can_be_mended(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """A refusal does not use up its id, and the codes of issues have no gap for it."""
    bad = draft(body=report(category="magic"))
    first, _, third = hand_in(api, draft(), bad, draft())
    [mended] = hand_in(api, bad | {"body": report()})
    assert mended["status"] == "created"
    codes = [api.get(f"/issues/{each['id']}").json["code"] for each in (first, third, mended)]
    assert [int(code[-6:]) for code in codes] == [1, 2, 3]


def test_what_is_not_handled_here_is_counted_and_not_kept(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """A denunciation among drafts is sent elsewhere with guidance; no table holds what it said."""
    said = report(title="Đơn tố cáo", description="Chủ tịch xã KXYZQ nhận hối lộ.")
    key = {"Idempotency-Key": '"batch-1"'}
    drafts = {"items": [draft(), draft(body=said)]}
    fine, refused = api.post("/drafts/batch", drafts, **key).json["items"]
    assert (fine["status"], refused["status"]) == ("created", "refused")
    assert refused["problem"]["outcome"] == "denunciation" and refused["problem"]["guidance"]["vi"]
    with visits_db() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for table in tables:
            rows = session.scalar(text(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t"))
            assert "KXYZQ" not in rows, table
        assert session.scalar(text("SELECT sum(count) FROM intake_counts")) == 1


def test_what_crashes_harms_no_other(
    api: Api, places: Places, visits_db: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours in one draft, even one the database raises, is answered for that draft alone."""

    def crash(session: Session, given: Any, who: Any) -> Any:
        session.execute(text("SELECT 1 / 0"))

    monkeypatch.setitem(KINDS, "support", Kind(KINDS["information_request"].read, crash))
    question = {"unit": "28789", "question": "Bao nhiêu hộ thiếu nước?"}
    before, bad, after = hand_in(api, draft(), draft("support", question), draft())
    assert (before["status"], after["status"], bad["problem"]["status"]) == ("created", "created", 500)
    assert "division" not in str(bad) and issues(visits_db) == 2


def test_a_draft_comes_not_from_the_future(api: Api, places: Places) -> None:
    """A clock may be a day wrong, not more."""
    late = (clock.now() + timedelta(days=2)).isoformat()
    soon = (clock.now() + timedelta(hours=2)).isoformat()
    refused, fine = hand_in(api, draft(made_at=late), draft(made_at=soon))
    assert "made_at" in refused["problem"]["errors"] and fine["status"] == "created"


def test_two_sending_the_same_at_once_do_it_once(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The slower one is told that it was done."""
    drafts = [draft() for _ in range(5)]
    with ThreadPoolExecutor(4) as threads:
        orders = [drafts, drafts[::-1], drafts, drafts[::-1]]
        found = list(threads.map(lambda order: hand_in(api, *order), orders))
    ids = {each["client_id"]: set[str]() for each in drafts}
    for each in (outcome for outcomes in found for outcome in outcomes):
        ids[each["client_id"]].add(each["id"])
    assert all(len(each) == 1 for each in ids.values()) and issues(visits_db) == 5
    assert sorted(each["status"] for outcomes in found for each in outcomes) == ["created"] * 5 + ["repeated"] * 15


@pytest.mark.parametrize(
    ("field", "items"),
    [
        ("items", []),
        ("items", [draft() for _ in range(101)]),
        ("items", [draft(kind="rumour")]),
        ("items", [draft(client_id="1")]),
        ("items", [draft(made_at="2026-03-02T08:30:00")]),
        ("items", [draft(body=["x"])]),  # type: ignore[arg-type]
        ("items", [draft() | {"x": 1}]),
        ("items", [draft(client_id="6f1c2f0e-6d0b-4a57-9d8c-0c8e3c1c5a11")] * 2),
    ],
)
def test_a_bad_batch_is_refused_whole(standing: Standing, field: str, items: list[Any]) -> None:
    """What is wrong with the envelope is named, and no draft of it is done."""
    answer = standing.api.post("/drafts/batch", {"items": items})
    assert answer.status_code == 422 and {name.split(".")[0] for name in answer.json["errors"]} == {field}
    assert issues(standing.sessions) == 0


def test_drafts_need_the_scope_of_what_they_make(standing: Standing) -> None:
    """A token that may only read hands in nothing."""
    weak = standing.api.with_token(scopes=["visits:read"])
    assert weak.post("/drafts/batch", {"items": [draft()]}).status_code == 403


def test_when_it_was_made_is_kept_and_its_text_is_not(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The row of a draft knows the moment it was written offline, and holds nothing of what was written."""
    hand_in(api, draft())
    with visits_db() as session:
        row = session.execute(text("SELECT * FROM drafts")).mappings().one()
    assert row["made_at"] == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert "Cống" not in str(dict(row))
