"""POST /issues: what is taken, what is refused, what becomes of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.issues.schemas import IssueDetailOutput
from shared import clock
from tests.integration.visits.conftest import BINH_PHU, MY_THANH, TOWN, Api, Places, Standing, deliver, report, unit
from tests.support import facts

NOBODY = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11"  # an id that was never given


def count(sessions: sessionmaker[Session], table: str) -> int:
    """How many rows a table has."""
    with sessions() as session:
        return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_a_report_is_answered_with_the_issue_its_address_and_its_version(api: Api, places: Places) -> None:
    """201 with Location and ETag; the code counts per province and local year."""
    with clock.frozen(datetime(2026, 3, 2, 1, 30, tzinfo=UTC)):
        answer = api.post("/issues", report(hamlet=str(places.hamlet)))
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    issue = answer.json
    assert answer.headers["Location"] == f"/api/visits/v1/issues/{issue['id']}"
    assert issue == {
        "id": issue["id"],
        "code": "BT-2026-000001",
        "state": "reported",
        "step": 0,
        "version": 1,
        "kind": "pressing",
        "category": "irrigation_salinity",
        "severity": "critical",
        "title": "Cống ngăn mặn bị hỏng",
        "unit": {
            "id": str(places.units[BINH_PHU]),
            "code": "28789",
            "name": "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre",
            "path": BINH_PHU,
        },
        "hamlet": {"id": str(places.hamlet), "name": "Ấp Bình Thành"},
        "reported_at": "2026-03-02T01:30:00+00:00",
        "description": "Nước mặn tràn vào kênh nội đồng.",
        "created_by": "tester",
        "sensitivity": "normal",
        "looked_like": None,
        "handler": None,
        "waiting": None,
        "resolution": None,
        "closed_at": None,
        "merged_into": None,
        "re_report_of": None,
        "re_reported_as": None,
    }


def test_what_was_reported_is_what_is_read(api: Api, places: Places) -> None:
    """By id and by code the issue reads as the answer to its report, and as its schema says."""
    issue = api.report()
    by_id, by_code = api.get(f"/issues/{issue['id']}"), api.get(f"/issues/{issue['code']}")
    assert by_id.json == by_code.json == issue
    assert by_id.headers["ETag"] == '"1"'
    assert IssueDetailOutput().validate(by_id.json) == {}


def test_severity_is_normal_unless_said_otherwise(api: Api, places: Places) -> None:
    """A report may leave it out."""
    body = report()
    del body["severity"]
    assert api.post("/issues", body).json["severity"] == "normal"


def test_a_unit_may_be_given_by_its_id(api: Api, places: Places) -> None:
    """Id and code name the same place."""
    assert api.report(unit=str(places.units[MY_THANH]))["unit"]["path"] == MY_THANH


def test_text_is_stored_in_one_form(api: Api, places: Places) -> None:
    """Decomposed Vietnamese comes back composed, without the spaces around it."""
    assert api.report(title="  Ca\u0302\u0300u sa\u0323\u0302p ")["title"] == "Cầu sập"


def test_who_reported_is_in_no_answer_about_the_issue(api: Api, places: Places) -> None:
    """It stands apart, with a scope of its own."""
    issue = api.report(reporter={"name": "Bà Tư", "contact": "0912 345 678"})
    answers = [issue, api.get(f"/issues/{issue['id']}").json, api.get("/issues").json]
    assert "Bà Tư" not in str(answers) and "0912" not in str(answers)


def test_the_timeline_begins_with_the_report(api: Api, places: Places) -> None:
    """The first line says who reported and from where."""
    issue = api.report()
    [line] = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    assert (line["kind"], line["actor"]["id"], line["at"]) == ("reported", "tester", issue["reported_at"])
    assert line["text"]["vi"] == "Đã tiếp nhận phản ánh từ Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", "99999"),
        ("unit", "83"),
        ("unit", "829"),
        ("unit", 28789),
        ("unit", None),
        ("unit", NOBODY),
        ("unit", "٢٨٧٨٩"),
        ("hamlet", NOBODY),
        ("hamlet", "không phải id"),
        ("kind", "complaint"),
        ("kind", ["pressing"]),
        ("category", "nothing"),
        ("category", "'; --"),
        ("severity", "very"),
        ("title", ""),
        ("title", "   "),
        ("title", "x" * 201),
        ("title", "hai\ndòng"),
        ("title", "nul\x00"),
        ("description", "x" * 10_001),
        ("description", {"text": "x"}),
        ("description", "nul\x00"),
        ("reporter", "Bà Tư"),
        ("reporter.name", {"name": "x" * 201}),
        ("reporter.age", {"age": 60}),
        ("priority", "high"),
        ("state", "acknowledged"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(standing: Standing, field: str, value: Any) -> None:
    """422 problem+json; no issue, no timeline, and no number spent."""
    answer = standing.api.post("/issues", report(**{field.partition(".")[0]: value}))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert set(answer.json["errors"]) == {field}
    assert [count(standing.sessions, table) for table in ("issues", "timeline", "issue_counters")] == [0, 0, 0]


@pytest.mark.parametrize("field", ["unit", "kind", "category", "title", "description"])
def test_what_is_needed_must_be_there(standing: Standing, field: str) -> None:
    """A missing field is named."""
    body = report()
    del body[field]
    answer = standing.api.post("/issues", body)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {field})


def test_a_hamlet_of_another_commune_is_refused(api: Api, places: Places) -> None:
    """The field named is the hamlet, for the unit is right."""
    answer = api.post("/issues", report(unit="28993", hamlet=str(places.hamlet)))
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"hamlet"})


def test_a_category_out_of_use_is_refused_and_still_filtered_by(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Old issues keep it; new ones cannot have it."""
    issue = api.report(category="other")
    with visits_db.begin() as session:
        session.execute(text("UPDATE categories SET active = false WHERE code IN ('other', 'land')"))
    assert api.post("/issues", report(category="land")).status_code == 422
    assert [each["id"] for each in api.get("/issues", category="other").json["items"]] == [issue["id"]]


def test_a_unit_that_has_ended_is_refused_from_that_day_on(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The last day is the one before valid_to, also while the process still remembers the unit as open."""
    api.report()
    unit_id = places.units[BINH_PHU]
    deliver(visits_db, unit(BINH_PHU, "Xã Bình Phú", "commune", 2, unit_id=unit_id, valid_to=date(2025, 7, 1)))
    answer = api.post("/issues", report())
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"unit"})
    with clock.frozen(datetime(2025, 6, 30, 16, 59, tzinfo=UTC)):  # 23:59 in Việt Nam
        assert api.post("/issues", report()).status_code == 201
    with clock.frozen(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)):
        assert api.post("/issues", report()).status_code == 422


def test_a_code_used_again_names_the_unit_of_today(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """28789 was Xã Bình Phú and is Phường Bến Tre."""
    old = unit(BINH_PHU, "Xã Bình Phú", "commune", 2, unit_id=places.units[BINH_PHU], valid_to=date(2025, 7, 1))
    new = unit("86/28789/", "Phường Bến Tre", "commune", valid_from=date(2025, 7, 1), province_abbreviation="VL")
    deliver(visits_db, old, new)
    issue = api.report()
    assert (issue["unit"]["name"], issue["unit"]["path"]) == ("Phường Bến Tre", "86/28789/")
    assert issue["code"].startswith("VL-")


def test_a_unit_renamed_a_moment_ago_is_read_anew(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """What the process remembers of a unit never gets into an issue once the unit has changed."""
    api.report()
    deliver(visits_db, unit(BINH_PHU, "Phường Bình Phú", "commune", 2, unit_id=places.units[BINH_PHU]))
    assert api.report()["unit"]["name"] == "Phường Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre"


def test_nobody_reports_outside_of_their_territory(api: Api, places: Places) -> None:
    """403 for a commune of another district, 201 for one's own."""
    town = api.with_token(at=[TOWN])
    assert town.post("/issues", report(unit="28993")).status_code == 403
    assert town.post("/issues", report(unit="28789")).status_code == 201


def test_the_same_report_sent_twice_is_one_issue(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The Idempotency-Key gives the first answer again, without keeping who reported."""
    body = report(reporter={"name": "Bà Tư", "contact": "0912 345 678"})
    answers = [api.post("/issues", body, **{"Idempotency-Key": "one-and-the-same"}) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert count(visits_db, "issues") == 1
    with visits_db() as session:
        kept = session.execute(text("SELECT body FROM idempotency_keys")).scalar_one()
    assert "Bà Tư" not in kept


def test_a_hamlet_that_has_ended_is_refused(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Its own dates count, not those of its commune."""
    ended = facts.hamlet_changed(
        2, hamlet_id=places.hamlet, unit_id=places.units[BINH_PHU], valid_to=date(2020, 1, 1)
    )
    deliver(visits_db, ended)
    answer = api.post("/issues", report(hamlet=str(places.hamlet)))
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"hamlet"})
