"""Situation reports: prefilled, submitted to those who receive them, returned, accepted, chased."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.reports.rules import ALLOWED, BY_RECEIVER, Move, State
from services.visits.reports.sweep import chase_reports
from shared import clock
from shared.clock import LOCAL
from shared.ids import uuid7
from tests.integration.visits.conftest import BINH_PHU, PROVINCE, TOWN, Api, Places, Standing, deliver
from tests.support import facts

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)  # a Wednesday morning
SECTIONS = {
    "party_building": "Kết nạp 2 đảng viên.",
    "political_system": "Ổn định.",
    "socio_economic": "Mặn xâm nhập sớm.",
    "proposals": "Không có.",
}


def person(sessions: sessionmaker[Session], name: str, **changes: Any) -> str:
    """An official this service knows."""
    news = facts.official_changed(full_name=name, **changes)
    deliver(sessions, news)
    return str(news.data["official_id"])


def follow(sessions: sessionmaker[Session], official: str, post: str, path: str) -> None:
    """Let an official hold a post."""
    level = {PROVINCE: "province", TOWN: "district"}.get(path, "commune")
    held = {"official_id": UUID(official), "post": post, "unit_path": path, "attached_to": level}
    deliver(sessions, facts.assignment_changed(**held))


def begin(api: Api, author: str, **changes: Any) -> Any:
    """The answer to a report begun."""
    return api.post("/reports", {"official": author, "unit": "28789", "period": "month"} | changes)


def go(api: Api, report: dict[str, Any], move: str, etag: str = "*", **more: Any) -> Any:
    """The answer to a move."""
    return api.post(f"/reports/{report['id']}/moves", {"move": move} | more, **{"If-Match": etag})


def edit(api: Api, report: dict[str, Any], sections: dict[str, str], etag: str = "*") -> Any:
    """The answer to a change of the text."""
    headers = api._headers | {"If-Match": etag}
    return api._client.patch(f"/api/visits/v1/reports/{report['id']}", json={"sections": sections}, headers=headers)


def reminders(sessions: sessionmaker[Session]) -> list[tuple[str, list[str]]]:
    """Kind and names of everybody reminded, oldest first."""
    wanted = "SELECT body -> 'data' AS data FROM outbox WHERE type LIKE '%reminder.due%' ORDER BY seq"
    with sessions() as session:
        rows = [row.data for row in session.execute(text(wanted))]
    return [(row["kind"], [each["full_name"] for each in row["recipients"]]) for row in rows]


def test_a_report_begins_with_what_happened(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Issues, escalations, information and support of that place and month are counted, others are not."""
    an = person(visits_db, "An")
    with clock.frozen(datetime(2026, 2, 28, 16, 59, tzinfo=UTC)):  # the last minute of February in Việt Nam
        api.report()
    with clock.frozen(NOW):
        issue = api.report()
        asked = api.report(kind="proposal", title="Nạo vét kênh Chín Tế")
        api.report(unit="28993")
        api.escalate(issue)
        gift = {"kind": "money", "amount": 5_000_000, "purpose": "gifts", "given_on": "2026-03-02"}
        sponsor = {"sponsor": {"name": "Bà Tư", "kind": "individual"}}
        assert api.post("/support", {"unit": "28789", "official": an} | gift | sponsor).status_code == 201
        api.post("/information-requests", {"unit": "28789", "question": "Bao nhiêu hộ thiếu nước?"})
        answer = begin(api, an, sections={"party_building": "Kết nạp 2 đảng viên."})
        assert answer.status_code == 201, answer.json
        report = api.get(f"/reports/{answer.json['id']}").json
    assert (report["first_day"], report["last_day"], report["due_on"]) == ("2026-03-01", "2026-03-31", "2026-04-05")
    assert report["figures"] == {
        "issues": 2, "pressing": 1, "difficulty": 0, "proposal": 1, "open": 3, "escalations": 1, "acknowledged": 0,
        "visits": 0, "meetings": 0, "feedback": 0, "information_asked": 1, "information_answered": 0,
        "support": 1, "money": 5_000_000,
    }  # fmt: skip
    assert report["sections"]["party_building"] == "Kết nạp 2 đảng viên."
    assert report["sections"]["proposals"] == f"- {asked['code']}: Nạo vét kênh Chín Tế"
    assert "5.000.000 đồng" in report["sections"]["socio_economic"]
    assert answer.headers["ETag"] == '"1"' and answer.json == report


def test_a_report_may_be_of_a_hamlet(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Then only the issues of that hamlet count; beside it there may be one of the commune."""
    an = person(visits_db, "An")
    api.report(hamlet=str(places.hamlet))
    api.report()
    ofhamlet, ofcommune = begin(api, an, hamlet=str(places.hamlet)), begin(api, an)
    assert ofhamlet.json["hamlet"]["id"] == str(places.hamlet)
    assert [ofhamlet.json["figures"]["issues"], ofcommune.json["figures"]["issues"]] == [1, 2]


def test_there_is_one_report_of_a_place_and_period(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The second one is a conflict that says which is there; another official may write one."""
    an, binh = person(visits_db, "An"), person(visits_db, "Bình")
    with clock.frozen(NOW):
        first = begin(api, an).json
        again = begin(api, an, day="2026-03-01")
        assert again.status_code == 409 and again.json["report_id"] == first["id"]
        assert begin(api, an, period="week").status_code == begin(api, binh).status_code == 201
        assert begin(api, an, day="2026-02-28").status_code == 201


def test_it_goes_to_the_district_overseer(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Who is told, may return it with a reason, and accepts it; each step stands in the history."""
    an, binh, chi = (person(visits_db, name) for name in ("An", "Bình", "Chi"))
    follow(visits_db, an, "commune_follower", BINH_PHU)
    follow(visits_db, binh, "district_overseer", TOWN)
    follow(visits_db, chi, "provincial_leader", PROVINCE)
    report = begin(api, an, sections=SECTIONS).json
    assert "official" in go(api, report, "submit", official=binh).json["errors"]
    submitted = go(api, report, "submit", '"1"', official=an).json
    assert [each["full_name"] for each in submitted["receivers"]] == ["Bình"] and submitted["vacant"] == []
    assert submitted["submitted_at"] and not submitted["overdue"]
    assert edit(api, report, {"proposals": "Thêm."}).status_code == 409
    assert "official" in go(api, report, "accept").json["errors"]
    for nobody in (an, chi):
        assert go(api, report, "accept", official=nobody).status_code == 422
    assert "reason" in go(api, report, "return", official=binh).json["errors"]
    returned = go(api, report, "return", official=binh, reason="Thiếu số liệu hộ nghèo.").json
    assert returned["state"] == "returned" and returned["submitted_at"] is None
    edited = edit(api, report, {"proposals": "Hỗ trợ 12 hộ nghèo."}).json
    assert edited["sections"] == SECTIONS | {"proposals": "Hỗ trợ 12 hộ nghèo."}
    assert go(api, report, "submit").status_code == 201
    accepted = go(api, report, "accept", official=binh).json
    assert [each["move"] for each in accepted["history"]] == ["submit", "return", "submit", "accept"]
    assert accepted["history"][1]["reason"] == "Thiếu số liệu hộ nghèo."
    assert reminders(visits_db) == [
        ("report_submitted", ["Bình"]),
        ("report_returned", ["An"]),
        ("report_submitted", ["Bình"]),
        ("report_accepted", ["An"]),
    ]
    with visits_db() as session:
        row = session.execute(text("SELECT activity, official_id::text AS official FROM activities")).one()
    assert (row.activity, row.official) == ("report", an)


def test_where_the_overseer_is_missing_the_leader_receives_it(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The vacancy is said; and nobody receives a report of their own."""
    an, chi = person(visits_db, "An"), person(visits_db, "Chi")
    follow(visits_db, chi, "provincial_leader", PROVINCE)
    follow(visits_db, an, "district_overseer", TOWN)
    submitted = go(api, begin(api, an, sections=SECTIONS).json, "submit").json
    assert [each["full_name"] for each in submitted["receivers"]] == ["Chi"]
    assert submitted["vacant"] == ["district_overseer"]


def test_a_submission_needs_every_section(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """The empty one is named, and the report stays a draft."""
    report = begin(api, person(visits_db, "An")).json
    refused = go(api, report, "submit")
    assert refused.status_code == 422 and "sections.party_building" in refused.json["errors"]
    assert api.get(f"/reports/{report['id']}").json["state"] == "draft"


def test_nobodys_change_is_lost(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """A change made from an older version is refused, and so is one that names none."""
    report = begin(api, person(visits_db, "An"), sections=SECTIONS).json
    assert edit(api, report, {"proposals": "A"}, '"1"').headers["ETag"] == '"2"'
    assert edit(api, report, {"proposals": "B"}, '"1"').status_code == 412
    assert go(api, report, "submit", '"1"').status_code == 412
    assert api.post(f"/reports/{report['id']}/moves", {"move": "submit"}).status_code == 428


@pytest.fixture(scope="module")
def an(standing: Standing) -> str:
    """An official of the service that stands."""
    return person(standing.sessions, "An")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("unit", {"unit": "829"}),
        ("unit", {"unit": "99999"}),
        ("hamlet", {"hamlet": str(uuid7())}),
        ("official", {"official": str(uuid7())}),
        ("period", {"period": "year"}),
        ("day", {"day": (clock.today() + timedelta(days=40)).isoformat()}),
        ("sections", {"sections": {"gossip": "x"}}),
        ("sections", {"sections": {"proposals": "x" * 20_001}}),
        ("sections", {"sections": ["x"]}),
        ("mood", {"mood": "good"}),
    ],
)
def test_bad_reports_are_refused(standing: Standing, an: str, field: str, changes: dict[str, Any]) -> None:
    """A field that is wrong is named, and nothing is begun."""
    before = standing.api.get("/reports").json
    answer = begin(standing.api, an, **changes)
    assert answer.status_code == 422 and field in {name.split(".")[0] for name in answer.json["errors"]}, (
        answer.json
    )
    assert standing.api.get("/reports").json == before


def test_another_territory_neither_sees_nor_changes(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """A report of one district is not there for another one."""
    official = person(visits_db, "An")
    report = begin(api, official).json
    elsewhere = api.with_token(at=["83/834/"])
    assert begin(elsewhere, official).status_code == 403
    assert elsewhere.get(f"/reports/{report['id']}").status_code == 404
    assert go(elsewhere, report, "submit").status_code == edit(elsewhere, report, {}).status_code == 404
    assert elsewhere.get("/reports").json["items"] == []


def test_what_is_owed_is_chased_and_what_is_submitted_is_not(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Two days before, the day after, then every two days; each once, however often the duty runs."""
    official = person(visits_db, "An")
    with clock.frozen(NOW):
        owed = begin(api, official, sections=SECTIONS).json
        done = begin(api, official, unit="28993", sections=SECTIONS).json
        go(api, done, "submit")
    told = []
    for day in range(25):
        for hour in (7, 9, 9, 20):
            with clock.frozen(datetime(2026, 3, 20, hour, 0, tzinfo=LOCAL) + timedelta(days=day)):
                before = len(reminders(visits_db))
                chase_reports(visits_db)
                told += [(clock.today(), *each) for each in reminders(visits_db)[before:]]
    assert told == [
        (date(2026, 4, 3), "report_due", ["An"]),
        *((date(2026, 4, day), "report_overdue", ["An"]) for day in (6, 8, 10, 12)),
    ]
    with clock.frozen(datetime(2026, 4, 13, tzinfo=UTC)):
        assert [each["id"] for each in api.get("/reports", overdue="true").json["items"]] == [owed["id"]]
        go(api, owed, "submit")
        assert api.get("/reports", overdue="true").json["items"] == []
    with clock.frozen(datetime(2026, 6, 1, tzinfo=UTC)):
        before = reminders(visits_db)
        chase_reports(visits_db)
        assert reminders(visits_db) == before


def test_an_outage_brings_one_reminder(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """After weeks without the duty each author is told once of each report owed."""
    official = person(visits_db, "An")
    with clock.frozen(NOW):
        begin(api, official)
        begin(api, official, period="week")
    with clock.frozen(datetime(2026, 5, 20, 2, 0, tzinfo=UTC)):
        chase_reports(visits_db)
        chase_reports(visits_db)
    assert reminders(visits_db) == [("report_overdue", ["An"])] * 2


def test_a_list_is_narrowed(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """By place, official, receiver, period and state; the latest period first."""
    one, two, boss = person(visits_db, "An"), person(visits_db, "Bình"), person(visits_db, "Chi")
    follow(visits_db, boss, "district_overseer", TOWN)
    with clock.frozen(NOW):
        old = begin(api, one, day="2026-01-05", sections=SECTIONS).json
        new = begin(api, two, unit="28993", period="week").json
        go(api, old, "submit")

    def found(**query: Any) -> list[str]:
        answer = api.get("/reports", **query)
        assert answer.status_code == 200, answer.json
        return [each["id"] for each in answer.json["items"]]

    assert found() == [new["id"], old["id"]]
    assert (
        found(unit="83/834/") == found(official=two) == found(period="week") == found(state="draft") == [new["id"]]
    )
    assert found(receiver=boss) == found(state="submitted") == [old["id"]]


def test_the_rows_that_rule_reports_are_changed_by_those_who_may(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """A new deadline, section and receiver hold for the next report; a token of one province changes none."""
    deadline = {"due_days": 10, "remind_before_days": 1, "chase_every_days": 7, "source": "Quy định 02"}
    section = {"name_vi": "Dân vận", "name_en": "People", "position": 9, "source": "Quy định 02"}
    receivers = {"posts": ["provincial_leader"], "source": "Quy định 02"}
    sent = {
        "/report-deadlines/month": deadline,
        "/report-sections/people": section,
        "/report-receivers": receivers,
    }
    for path, body in sent.items():
        for weak in (api.with_token(at=["83/"]), api.with_token(scopes=["visits:write"])):
            answer = weak._client.put(f"/api/visits/v1{path}", json=body, headers=weak._headers)
            assert answer.status_code == 403, answer.json
        answer = api._client.put(f"/api/visits/v1{path}", json=body, headers=api._headers)
        assert answer.status_code == 200, answer.json
    an_, chi = person(visits_db, "An"), person(visits_db, "Chi")
    follow(visits_db, chi, "provincial_leader", PROVINCE)
    with clock.frozen(NOW):
        report = begin(api, an_, sections=SECTIONS | {"people": "Tốt."}).json
        assert report["due_on"] == "2026-04-10"
        assert [each["full_name"] for each in go(api, report, "submit").json["receivers"]] == ["Chi"]
    assert "people" in [each["code"] for each in api.get("/report-sections").json]
    assert all(each["source"] for each in api.get("/report-deadlines").json)
    assert api.get("/report-receivers").json == [
        {"position": 1, "post": "provincial_leader", "source": "Quy định 02"}
    ]


class Reporting(RuleBasedStateMachine):
    """A report against the table, in plain Python."""

    standing: Standing
    people: tuple[str, str]

    @initialize()
    def start(self) -> None:
        """A new report of another official, with text in every section."""
        author = person(self.standing.sessions, "An")
        self.report = begin(self.standing.api, author, sections=SECTIONS).json
        self.state, self.version, self.moves = State.DRAFT, 1, 0

    @rule(move=st.sampled_from(Move))
    def moved(self, move: Move) -> None:
        """Only what the table has is done, and all of it stands in the history."""
        more = {"reason": "Vì cần thế."}
        if move in BY_RECEIVER:
            more["official"] = self.people[0]
        answer = go(self.standing.api, self.report, move, f'"{self.version}"', **more)
        if (self.state, move) in ALLOWED:
            self.state = ALLOWED[self.state, move]
            self.version, self.moves = self.version + 1, self.moves + 1
            assert answer.status_code == 201, answer.json
        else:
            assert answer.status_code == 409
        self.agrees()

    @rule()
    def written(self) -> None:
        """Only drafts and returned reports are written."""
        answer = edit(self.standing.api, self.report, {"proposals": "Mới."}, f'"{self.version}"')
        writable = self.state in (State.DRAFT, State.RETURNED)
        assert answer.status_code == (200 if writable else 409)
        self.version += writable
        self.agrees()

    def agrees(self) -> None:
        """State, version, history and the wait for it are what they should be."""
        read = self.standing.api.get(f"/reports/{self.report['id']}").json
        assert (read["state"], read["version"], len(read["history"])) == (self.state, self.version, self.moves)
        with self.standing.sessions() as session:
            waits = session.scalar(
                text("SELECT chase_at IS NOT NULL FROM situation_reports WHERE id = :id"), {"id": self.report["id"]}
            )
        assert waits == (self.state in (State.DRAFT, State.RETURNED))


def test_no_move_outside_the_table(standing: Standing) -> None:
    """Whatever is tried in whatever order: no move outside the table, and no reminder of a report not owed."""
    Reporting.standing = standing
    boss = person(standing.sessions, "Chi")
    follow(standing.sessions, boss, "district_overseer", TOWN)
    Reporting.people = (boss, "")
    run_state_machine_as_test(
        Reporting,
        settings=settings(max_examples=10, stateful_step_count=12, suppress_health_check=list(HealthCheck)),
    )
