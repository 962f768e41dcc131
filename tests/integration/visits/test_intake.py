"""Intake over the API: what is sent elsewhere leaves nothing behind but a count."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.intake.schemas import CheckOutput
from shared import clock
from tests.integration.visits.conftest import BINH_PHU, TOWN, Api, Places, Standing, report

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DENOUNCED = {"title": "Tố cáo cán bộ", "description": "Ông Nguyễn Văn Xấu tham nhũng."}


def everything(sessions: sessionmaker[Session]) -> str:
    """All rows of all tables, as text."""
    with sessions() as session:
        names = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        rows = [
            session.execute(text(f'SELECT CAST(t AS text) FROM "{name}" AS t')).scalars().all() for name in names
        ]
    return "\n".join(str(row) for row in rows)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "mot-lan"}], ids=["plain", "with a key"])
def test_what_is_sent_elsewhere_leaves_a_count_and_nothing_of_its_content(
    api: Api, places: Places, visits_db: sessionmaker[Session], headers: dict[str, str]
) -> None:
    """422 with guidance in both languages; not even a trace under its Idempotency-Key."""
    with clock.frozen(NOW):
        answer = api.post("/issues", report(**DENOUNCED, reporter={"name": "Bà Tư"}), **headers)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert set(answer.json["errors"]) == {"confirmed_not"}
    assert (answer.json["outcome"], answer.json["declared"]) == ("denunciation", False)
    assert "Luật Tố cáo 2018" in answer.json["guidance"]["vi"] and "2018" in answer.json["guidance"]["en"]
    [counted] = api.get("/intake-counts").json["items"]
    assert counted == {"unit_path": BINH_PHU, "day": "2026-03-02", "outcome": "denunciation", "count": 1}
    kept = everything(visits_db)
    assert "Nguyễn Văn Xấu" not in kept and "Tố cáo cán bộ" not in kept and "mot-lan" not in kept
    assert api.get("/issues").json["items"] == []


def test_counts_add_up_by_unit_day_and_outcome(api: Api, places: Places) -> None:
    """And are shown inside the territory only."""
    for _ in range(2):
        api.post("/issues", report(nature="complaint"))
    api.post("/issues", report(nature="complaint", unit="28993"))
    assert sorted(each["count"] for each in api.get("/intake-counts").json["items"]) == [1, 2]
    assert [each["count"] for each in api.with_token(at=[TOWN]).get("/intake-counts").json["items"]] == [2]
    assert [each["count"] for each in api.get("/intake-counts", unit="28993").json["items"]] == [1]
    assert api.get("/intake-counts", outcome="denunciation").json["items"] == []


def test_whoever_confirms_that_it_is_none_of_that_may_report_it(api: Api, places: Places) -> None:
    """That is recorded, on the issue and on its timeline; nothing is counted."""
    issue = api.report(**DENOUNCED, confirmed_not=True)
    assert api.get(f"/issues/{issue['id']}").json["looked_like"] == "denunciation"
    [line] = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    assert line["data"]["confirmed_not"] == "denunciation"
    assert api.get("/intake-counts").json["items"] == []


@pytest.mark.parametrize("nature", ["complaint", "denunciation", "state_secret"])
def test_what_is_declared_cannot_be_confirmed_away(api: Api, places: Places, nature: str) -> None:
    """It is sent elsewhere, whatever its words."""
    answer = api.post("/issues", report(nature=nature, confirmed_not=True))
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"nature"})
    assert (answer.json["outcome"], answer.json["declared"]) == (nature, True)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "accepted"),
        (DENOUNCED, "denunciation"),
        ({"title": "don khieu nai", "description": "quyet dinh hanh chinh"}, "complaint"),
        ({"description": "Kèm tài liệu mật."}, "state_secret"),
        ({"nature": "complaint"}, "complaint"),
    ],
)
def test_a_report_can_be_checked_before(standing: Standing, changes: dict[str, Any], outcome: str) -> None:
    """The answer says what it would be taken for, by which words, and where it belongs."""
    body = {name: value for name, value in report(**changes).items() if name not in ("unit", "severity")}
    answer = standing.api.post("/issues/intake-checks", body)
    assert (answer.status_code, answer.json["outcome"]) == (200, outcome)
    assert CheckOutput().validate(answer.json) == {}
    assert (answer.json["guidance"] is None) == (outcome == "accepted")
    assert bool(answer.json["matched"]) == (outcome != "accepted" and "nature" not in changes)
    assert standing.api.get("/intake-counts").json["items"] == []


PHRASE = {
    "outcome": "complaint",
    "phrase": "kêu oan",
    "weight": 100,
    "active": True,
    "source": "Quyết định thử nghiệm",
}


def test_phrases_are_rows_that_are_changed_by_those_who_may(api: Api, places: Places) -> None:
    """A new one holds at once; a changed one needs the version it was changed from."""
    said = report(description="Tôi kêu oan.")
    assert api.post("/issues", said).status_code == 201
    assert api.put("/intake-phrases/oan", PHRASE, **{"If-Match": "*"}).json["version"] == 1
    assert api.post("/issues", said).status_code == 422
    assert api.put("/intake-phrases/oan", PHRASE, **{"If-Match": '"7"'}).status_code == 412
    assert api.put("/intake-phrases/oan", PHRASE | {"active": False}, **{"If-Match": '"1"'}).status_code == 200
    assert api.post("/issues", said).status_code == 201
    writer = api.with_token(scopes=["visits:read", "visits:write"])
    assert writer.put("/intake-phrases/oan", PHRASE, **{"If-Match": "*"}).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": "accepted"}, "outcome"),
        ({"phrase": "…"}, "phrase"),
        ({"weight": 0}, "weight"),
        ({"active": "yes"}, "active"),
        ({"source": ""}, "source"),
    ],
)
def test_a_bad_phrase_names_its_field(standing: Standing, change: dict[str, Any], field: str) -> None:
    """And changes nothing."""
    before = standing.api.get("/intake-phrases").json
    answer = standing.api.put("/intake-phrases/oan", PHRASE | change, **{"If-Match": "*"})
    assert (answer.status_code, set(answer.json["errors"])) == (422, {field})
    assert standing.api.get("/intake-phrases").json == before


def test_guidance_and_threshold_are_rows(api: Api, places: Places) -> None:
    """What people are told can be changed, and from which weight on."""
    [complaint, *_] = api.get("/intake-guidance").json["items"]
    given = {name: complaint[name] for name in ("text_vi", "text_en", "source")} | {"threshold": 50}
    answer = api.put("/intake-guidance/complaint", given, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert api.post("/issues", report(title="Khiếu nại")).json["outcome"] == "complaint"
    assert api.put("/intake-guidance/accepted", given, **{"If-Match": "*"}).status_code == 404
