"""Who reported: sealed, read with a reason, erased."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.privacy.sweep import tidy_reporters
from services.visits.sealing import Sealer
from shared import clock
from tests.integration.visits.conftest import DISTRICT, Api, Places
from tests.integration.visits.moving import EVIDENCE, WHY, moved, official
from tests.integration.visits.test_intake import everything

REPORTER = {"name": "Bà Tư", "contact": "0912 345 678"}
WANTED = "Gọi lại để hỏi rõ"
SECRET, OTHER = "tests-only-" + "x" * 32, "another secret of the tests, of 32"
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def read(api: Api, issue: dict[str, Any], why: str = WANTED, **more: str) -> Any:
    """Ask who reported."""
    return api.get(f"/issues/{issue['id']}/reporter", why=why, **more)


def rows(sessions: sessionmaker[Session]) -> list[Any]:
    """What is kept of reporters."""
    with sessions() as session:
        return list(session.execute(text("SELECT * FROM reporters ORDER BY issue_id")).all())


def test_who_reported_is_kept_sealed(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """No table holds name or number as they were given."""
    issue = api.report(reporter=REPORTER)
    kept = everything(visits_db)
    assert "Bà Tư" not in kept and "0912" not in kept
    assert read(api, issue).json == REPORTER


def test_every_read_is_noted_with_who_and_why(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Those who may read contacts may read who read them."""
    who = official(visits_db)
    issue = api.report(reporter=REPORTER)
    with clock.frozen(NOW):
        read(api, issue)
    with clock.frozen(NOW + timedelta(hours=1)):
        read(api, issue, "Báo kết quả", official=str(who))
    first, second = api.get(f"/issues/{issue['id']}/reporter/reads").json["items"]
    assert (first["client_id"], first["official_id"], first["why"]) == ("tester", None, WANTED)
    assert (second["official_name"], second["why"]) == ("Lê Văn Bảy", "Báo kết quả")


def test_nobody_reads_it_without_scope_territory_and_reason(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """And an attempt that shows nothing is no read."""
    issue = api.report(reporter=REPORTER)
    handler = api.with_token(scopes=["visits:read", "visits:write"])
    assert read(handler, issue).status_code == 403
    assert read(api.with_token(at=[DISTRICT]), issue).status_code == 404
    answer = api.get(f"/issues/{issue['id']}/reporter")
    assert (answer.status_code, set(answer.json["errors"])) == (422, {"why"})
    assert read(api, api.report()).status_code == 404
    assert api.get(f"/issues/{issue['id']}/reporter/reads").json["items"] == []


def test_it_is_erased_on_request(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """At once and for good; who asked for it and why is kept. Asked again, it stays as it was."""
    issue = api.report(reporter=REPORTER)
    answers = [
        api.post(f"/issues/{issue['id']}/reporter/erasure", {"reason": reason}) for reason in (WHY, "Lần nữa")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    assert (answers[0].json["erased_by"], answers[0].json["erased_why"]) == ("tester", WHY)
    assert read(api, issue).status_code == 410
    [row] = rows(visits_db)
    assert (row.name, row.contact, row.sealed, row.key_id) == (None, None, None, None)


@pytest.mark.parametrize(("days", "reopened", "erased"), [(89, False, False), (90, False, True), (90, True, False)])
def test_it_is_erased_some_days_after_the_issue_was_closed(
    api: Api, places: Places, visits_db: sessionmaker[Session], days: int, reopened: bool, erased: bool
) -> None:
    """How many is a row; opened again, the time does not run."""
    issue = api.report(reporter=REPORTER, category=EVIDENCE)
    with clock.frozen(NOW):
        moved(api, issue, "reject", reason=WHY)
        if reopened:
            moved(api, issue, "reopen", reason=WHY)
    with clock.frozen(NOW + timedelta(days=days)):
        tidy_reporters(visits_db, Sealer([SECRET]))
    assert (read(api, issue).status_code == 410) == erased


def test_how_long_it_is_kept_can_be_changed(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """By those who may configure, with a source; then the next sweep goes by it."""
    [rule] = api.get("/privacy-rules").json["items"]
    assert (rule["code"], rule["days"], rule["version"]) == ("erase_reporter_after", 90, 1)
    answer = api.put(
        "/privacy-rules/erase_reporter_after", {"days": 0, "source": "Quyết định"}, **{"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    issue = api.report(reporter=REPORTER)
    moved(api, issue, "reject", reason=WHY)
    tidy_reporters(visits_db, Sealer([SECRET]))
    assert read(api, issue).status_code == 410


def test_contacts_from_before_are_read_and_then_sealed(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """A migration has no key, so the clock does it."""
    issue = api.report()
    with visits_db.begin() as session:
        values = {"id": issue["id"], **REPORTER}
        session.execute(
            text("INSERT INTO reporters (issue_id, name, contact) VALUES (:id, :name, :contact)"), values
        )
    assert read(api, issue).json == REPORTER
    for _ in range(2):
        tidy_reporters(visits_db, Sealer([SECRET]))
    [row] = rows(visits_db)
    assert (row.name, row.contact, row.key_id) == (None, None, Sealer([SECRET]).key_id)
    assert read(api, issue).json == REPORTER


def test_after_the_secret_was_changed_all_is_sealed_anew(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """With the old one at hand; without it nothing is lost that might yet be opened."""
    issue = api.report(reporter=REPORTER)
    tidy_reporters(visits_db, Sealer([OTHER]))
    assert rows(visits_db)[0].key_id == Sealer([SECRET]).key_id
    tidy_reporters(visits_db, Sealer([OTHER, SECRET]))
    assert rows(visits_db)[0].key_id == Sealer([OTHER]).key_id
    assert read(api, issue).status_code == 409  # this service has not been given the new secret
    tidy_reporters(visits_db, Sealer([SECRET, OTHER]))
    assert read(api, issue).json == REPORTER
