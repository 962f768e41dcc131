"""The life of an issue over the API: each move, what it needs, what it leaves behind."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.issues.demands import DEMANDS
from services.visits.issues.schemas import IssueDetailOutput
from shared.ids import uuid7
from tests.integration.visits.conftest import DISTRICT, Api, Places, Standing, report
from tests.integration.visits.moving import EVIDENCE, WHY, make_move, moved, official
from tests.integration.visits.test_files import uploaded
from tests.integration.visits.waiting import timers


def lines(api: Api, issue: dict[str, Any]) -> list[dict[str, Any]]:
    """Its timeline."""
    return list(api.get(f"/issues/{issue['id']}/timeline").json["items"])


def alive(api: Api, issue: dict[str, Any]) -> set[str]:
    """The targets still waited for."""
    return {target for target, timer in timers(api, issue).items() if timer["done_at"] is None}


def test_an_issue_goes_from_report_to_verified(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Each move is a new version and a line on the timeline, with who acted."""
    who = official(visits_db)
    issue = api.report(category=EVIDENCE)
    states = [
        moved(api, issue, move, official=str(who), **details)["state"]
        for move, details in (
            ("accept", {}),
            ("assign", {"handler": str(who)}),
            ("discuss", {"text": "Đắp đập tạm"}),
            ("start", {}),
            ("resolve", {"text": "Đã đắp đập tạm"}),
            ("verify", {"rating": 5, "text": "Nước đã ngọt"}),
        )
    ]
    assert states == ["accepted", "assigned", "solution_discussed", "in_progress", "resolved", "verified"]
    found = api.get(f"/issues/{issue['id']}")
    assert (found.json["version"], found.headers["ETag"]) == (7, '"7"')
    assert found.json["handler"] == {"id": str(who), "name": "Lê Văn Bảy"}
    assert found.json["resolution"] == "Đã đắp đập tạm"
    assert IssueDetailOutput().validate(found.json) == {}
    written = lines(api, issue)[1:]
    assert [line["data"]["to"] for line in written] == states
    assert {(line["kind"], line["actor"]["name"], line["data"]["client"]) for line in written} == {
        ("moved", "Lê Văn Bảy", "tester")
    }
    assert written[-1]["data"]["rating"] == 5


def test_a_move_from_an_older_version_is_refused(api: Api, places: Places) -> None:
    """412, and 428 without If-Match: nobody's move is lost."""
    issue = api.report()
    moved(api, issue, "accept")
    assert make_move(api, issue, "start", '"1"').status_code == 412
    assert api.post(f"/issues/{issue['id']}/moves", {"move": "start"}).status_code == 428
    assert make_move(api, issue, "start", '"2"').status_code == 200


@pytest.fixture(scope="module")
def reported(standing: Standing) -> dict[str, Any]:
    """An issue that stays as it is."""
    return standing.api.report()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "move"),
        ({"move": "fly"}, "move"),
        ({"move": "escalate", "reason": WHY}, "move"),
        ({"move": "acknowledge"}, "move"),
        ({"move": "reject"}, "reason"),
        ({"move": "reject", "reason": "  "}, "reason"),
        ({"move": "reject", "reason": "nul \x00 trong lời"}, "reason"),
        ({"move": "reject", "reason": WHY, "text": "Thừa ra"}, "text"),
        ({"move": "accept", "rating": 3}, "rating"),
        ({"move": "accept", "handler": str(uuid7())}, "handler"),
        ({"move": "accept", "official": str(uuid7())}, "official"),
        ({"move": "wait"}, "reason"),
        ({"move": "merge", "reason": WHY}, "into"),
        ({"move": "merge", "reason": WHY, "into": "BT-2026-999999"}, "into"),
        ({"move": "merge", "reason": WHY, "into": "không phải mã"}, "into"),
        ({"move": "assign"}, "handler"),
        ({"move": "discuss"}, "text"),
        ({"move": "verify"}, "rating"),
        ({"move": "verify", "rating": 6}, "rating"),
        ({"move": "verify", "rating": "5"}, "rating"),
        ({"move": "accept", "priority": 1}, "priority"),
    ],
)
def test_a_bad_move_names_its_field_and_changes_nothing(
    standing: Standing, reported: dict[str, Any], body: dict[str, Any], field: str
) -> None:
    """422 problem+json."""
    answer = standing.api.post(f"/issues/{reported['id']}/moves", body, **{"If-Match": "*"})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert set(answer.json["errors"]) == {field}
    assert standing.api.get(f"/issues/{reported['id']}").json == reported
    assert len(lines(standing.api, reported)) == 1


@pytest.mark.parametrize(
    "move", ["assign", "discuss", "start", "resolve", "verify", "reopen", "resume", "de_escalate"]
)
def test_a_move_that_the_table_does_not_have_is_a_conflict(
    standing: Standing, reported: dict[str, Any], move: str
) -> None:
    """409: a new issue is accepted, rejected, merged, escalated, or waits."""
    details = {name: {"rating": 5, "handler": str(uuid7())}.get(name, WHY) for name in DEMANDS[move].needs}  # type: ignore[index]
    assert make_move(standing.api, reported, move, **details).status_code == 409


def test_resolving_needs_evidence_where_the_category_says_so(api: Api, places: Places) -> None:
    """A photograph or a document that exists; it is then attached to the issue."""
    issue = moved(api, api.report(category="salt_intrusion"), "accept")
    done = {"text": "Đã thay cửa cống"}
    assert set(make_move(api, issue, "resolve", **done).json["errors"]) == {"files"}
    answer = make_move(api, issue, "resolve", **done, files=[str(uuid7())])
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"files.0"})
    file = uploaded(api)
    assert moved(api, issue, "resolve", **done, files=[file["id"]])["state"] == "resolved"
    [attached] = api.get("/files", subject=issue["id"]).json["items"]
    assert (attached["id"], attached["subject_kind"]) == (file["id"], "issue")


def test_what_is_not_fixed_is_opened_again_and_its_settlement_is_due_anew(api: Api, places: Places) -> None:
    """Reopened by the side that reported, with a rating if they give one."""
    issue = moved(api, api.report(category=EVIDENCE), "accept")
    moved(api, issue, "resolve", text="Đã xử lý xong")
    assert alive(api, issue) == set()
    again = moved(api, issue, "reopen", reason="Nước vẫn mặn", rating=1)
    assert (again["state"], again["closed_at"], again["resolution"]) == ("reopened", None, None)
    assert alive(api, issue) == {"resolution"}


@pytest.mark.parametrize(
    ("move", "details"),
    [("reject", {"reason": WHY}), ("resolve", {"text": "Đã xử lý xong"})],
    ids=["reject", "resolve"],
)
def test_nothing_is_waited_for_once_an_issue_is_closed(
    api: Api, places: Places, move: str, details: dict[str, Any]
) -> None:
    """Not even the ladder."""
    issue = api.report(category=EVIDENCE)
    api.escalate(issue)
    moved(api, issue, move, **details)
    assert alive(api, issue) == set()
    assert api.post(f"/issues/{issue['id']}/escalations", {"reason": WHY}).status_code == 409


def test_waiting_for_information_stops_the_clocks_and_no_state(api: Api, places: Places) -> None:
    """They run on when the information has come; who asks has answered."""
    issue = api.report()
    waiting = moved(api, issue, "wait", reason="Cần biết vị trí cống")
    assert (waiting["state"], waiting["waiting"]["reason"]) == ("reported", "Cần biết vị trí cống")
    assert make_move(api, issue, "wait", reason=WHY).status_code == 409
    running = [each for each in timers(api, issue).values() if each["done_at"] is None]
    assert running and {each["pause_reason"] for each in running} == {"Cần biết vị trí cống"}
    assert moved(api, issue, "resume")["waiting"] is None
    assert {each["paused_at"] for each in timers(api, issue).values()} == {None}


def test_escalating_ends_the_wait(api: Api, places: Places) -> None:
    """Manual escalation is possible at any time, and then every clock runs."""
    issue = api.report()
    moved(api, issue, "wait", reason=WHY)
    api.escalate(issue)
    assert api.get(f"/issues/{issue['id']}").json["waiting"] is None
    assert {each["paused_at"] for each in timers(api, issue).values()} == {None}


def test_an_escalated_issue_steps_back_with_a_reason(api: Api, places: Places) -> None:
    """One step down, accepted there; it can be escalated again."""
    issue = api.report()
    api.escalate(issue, step=2)
    below = moved(api, issue, "de_escalate", reason="Cấp xã tự giải quyết được")
    assert (below["state"], below["step"]) == ("accepted", 1)
    assert moved(api, issue, "de_escalate", reason=WHY)["step"] == 0
    assert make_move(api, issue, "de_escalate", reason=WHY).status_code == 409
    assert api.escalate(issue)["step"] == 1
    assert "step" not in alive(api, issue) or timers(api, issue)["step"]["step"] == 1


def test_stepping_back_needs_the_power_to_escalate(api: Api, places: Places) -> None:
    """Whoever may not call the province may not call it off."""
    issue = api.report()
    api.escalate(issue)
    writer = api.with_token(scopes=["visits:read", "visits:write"])
    assert make_move(writer, issue, "de_escalate", reason=WHY).status_code == 403


def test_work_goes_on_from_an_escalated_issue(api: Api, places: Places) -> None:
    """Whoever takes it up need not wait for an acknowledgement; the ladder waits no more."""
    issue = api.report()
    api.escalate(issue)
    assert moved(api, issue, "start")["state"] == "in_progress"
    assert alive(api, issue) == {"resolution"}


def test_a_merged_issue_shows_where_it_went(api: Api, places: Places) -> None:
    """It is closed for good."""
    issue, other = api.report(), api.report()
    merged = moved(api, issue, "merge", into=other["code"], reason="Cùng một cống")
    assert (merged["state"], merged["merged_into"]) == ("merged", other["id"])
    assert make_move(api, issue, "reopen", reason=WHY).status_code == 409


def test_nothing_is_merged_into_itself_or_into_what_is_closed(api: Api, places: Places) -> None:
    """So no circle can come about."""
    issue, other = api.report(), api.report()
    moved(api, issue, "merge", into=other["id"], reason=WHY)
    for into in (issue["id"], other["id"]):
        answer = make_move(api, other, "merge", into=into, reason=WHY)
        assert (answer.status_code, set(answer.json["errors"])) == (422, {"into"})


def test_nothing_is_merged_into_what_one_may_not_see(api: Api, places: Places) -> None:
    """An issue outside the territory is as good as none."""
    issue, other = api.report(unit="28993"), api.report()
    answer = make_move(api.with_token(at=[DISTRICT]), issue, "merge", into=other["id"], reason=WHY)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"into"})


def test_what_was_not_fixed_is_reported_again_as_a_new_issue(api: Api, places: Places) -> None:
    """The old one says as what, and on its timeline; while it is open there is no need."""
    old = api.report(category=EVIDENCE)
    answer = api.post("/issues", report(re_report_of=old["id"]))
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"re_report_of"})
    moved(api, old, "accept")
    moved(api, old, "resolve", text="Đã xử lý xong")
    new = api.report(re_report_of=old["id"])
    assert (new["re_report_of"], new["state"]) == (old["id"], "reported")
    assert api.get(f"/issues/{old['id']}").json["re_reported_as"] == new["id"]
    last = lines(api, old)[-1]
    assert (last["kind"], last["data"]) == ("re_reported", {"issue_id": new["id"], "code": new["code"]})


def test_a_restricted_issue_is_shown_to_those_who_handle_issues_only(api: Api, places: Places) -> None:
    """For others it is not there at all."""
    issue = api.report(sensitivity="restricted")
    reader = api.with_token(scopes=["visits:read", "visits:escalate"])
    for path in ("", "/timeline", "/escalations"):
        assert reader.get(f"/issues/{issue['id']}{path}").status_code == 404
        assert api.get(f"/issues/{issue['id']}{path}").status_code == 200
    assert reader.post(f"/issues/{issue['id']}/escalations", {"reason": WHY}).status_code == 404
    assert reader.get("/issues").json["items"] == []
    assert [each["id"] for each in api.get("/issues").json["items"]] == [issue["id"]]


def test_issues_are_listed_by_whom_they_are_assigned_to(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """An official finds what is theirs."""
    who = official(visits_db)
    mine, _ = moved(api, api.report(), "accept"), api.report()
    moved(api, mine, "assign", handler=str(who))
    assert [each["id"] for each in api.get("/issues", handler=str(who)).json["items"]] == [mine["id"]]


def test_nobody_moves_issues_outside_of_their_territory(api: Api, places: Places) -> None:
    """404, as for one that is not there."""
    issue = api.report(unit="28789")
    assert make_move(api.with_token(at=[DISTRICT]), issue, "accept").status_code == 404


def test_how_content_the_side_that_reported_is_stays_on_record(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """One row each time it was asked."""
    issue = moved(api, api.report(category=EVIDENCE), "accept")
    moved(api, issue, "resolve", text="Đã xử lý xong")
    moved(api, issue, "reopen", reason="Chưa xong", rating=2)
    moved(api, issue, "resolve", text="Lần này xong thật")
    moved(api, issue, "verify", rating=4)
    with visits_db() as session:
        rows = session.execute(text("SELECT move, rating FROM satisfactions ORDER BY at")).all()
    assert [tuple(row) for row in rows] == [("reopen", 2), ("verify", 4)]
