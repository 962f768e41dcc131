"""Open work follows its place: what, whither, in which order, with how many statements."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.reorganisations.sweep import follow_late
from shared import clock
from shared.ids import uuid7
from shared.messaging.events import NewEvent
from tests.integration.visits.conftest import BINH_PHU, MY_THANH, Api, Places, deliver
from tests.support.databases import statements
from tests.support.facts import undo_asked, unit_succeeded

REFORM = uuid7()


def heir(path: str = "86/28789/", name: str = "Phường Bến Tre, Tỉnh Vĩnh Long") -> dict[str, Any]:
    """A unit of the day."""
    return {"unit_id": uuid7(), "code": path.split("/")[-2], "path": path, "name": name}


def succeeded(places: Places, path: str, to: dict[str, Any], version: int = 2, **changes: Any) -> NewEvent:
    """The event for a unit of the eve."""
    unit = {"unit_id": places.units[path], "code": path.split("/")[-2], "path": path, "name": "Xã cũ"}
    given = {"unit": unit, "heir": to, "hamlets": [], "reorganisation_id": REFORM, "effective_on": date(2025, 7, 1)}
    return unit_succeeded(version, **given | changes)


def unit_of(sessions: sessionmaker[Session], issue: dict[str, Any]) -> tuple[UUID, str, str | None]:
    """Where an issue stands."""
    with sessions() as session:
        row = session.execute(
            text("SELECT unit_id, unit_path, hamlet_name FROM issues WHERE id = :id"), {"id": issue["id"]}
        ).one()
    return row.unit_id, row.unit_path, row.hamlet_name


def lines(sessions: sessionmaker[Session], issue: dict[str, Any]) -> int:
    """How often its timeline speaks of a reorganisation."""
    with sessions() as session:
        wanted = text("SELECT count(*) FROM timeline WHERE issue_id = :id AND kind = 'unit_succeeded'")
        return session.scalar(wanted, {"id": issue["id"]}) or 0


def test_an_issue_goes_where_its_hamlet_goes(visits_db: sessionmaker[Session], api: Api, places: Places) -> None:
    """The rest of a split commune goes to the unit's heir; either is marked for a person to look at."""
    rest, named = api.report(), api.report(hamlet=str(places.hamlet))
    one, other = heir(), heir("86/28800/", "Phường An Hội, Tỉnh Vĩnh Long")
    went = {"hamlet_id": places.hamlet, "heir_id": uuid7(), "name": "Ấp 1 (Bình Phú)", "unit": other}
    deliver(visits_db, succeeded(places, BINH_PHU, one, hamlets=[went], check=True), times=2)
    assert unit_of(visits_db, rest) == (one["unit_id"], one["path"], None)
    assert unit_of(visits_db, named) == (other["unit_id"], other["path"], "Ấp 1 (Bình Phú)")
    assert lines(visits_db, rest) == lines(visits_db, named) == 1
    page = api.get("/succession-moves", reorganisation=str(REFORM), check="true")
    assert {each["subject_id"] for each in page.json["items"]} == {rest["id"], named["id"]}
    inside = api.with_token(at=["86/28800/"]).get("/succession-moves", reorganisation=str(REFORM))
    assert [each["subject_id"] for each in inside.json["items"]] == [named["id"]]


def test_only_newer_news_counts(visits_db: sessionmaker[Session], api: Api, places: Places) -> None:
    """What arrives late or twice changes nothing; there and back within one batch ends where it began."""
    issue, to = api.report(), heir()
    before = unit_of(visits_db, issue)
    deliver(visits_db, succeeded(places, BINH_PHU, to, 3, undone=True), succeeded(places, BINH_PHU, to, 2))
    assert unit_of(visits_db, issue) == before and lines(visits_db, issue) == 2
    deliver(visits_db, succeeded(places, BINH_PHU, to, 2))
    assert unit_of(visits_db, issue) == before and lines(visits_db, issue) == 2
    deliver(visits_db, succeeded(places, BINH_PHU, to, 4))
    assert unit_of(visits_db, issue)[0] == to["unit_id"]


def test_what_was_under_way_follows_a_minute_later(
    visits_db: sessionmaker[Session], api: Api, places: Places
) -> None:
    """An issue written on the old unit after the news is found again; a reform of tomorrow moves nothing today."""
    to, tomorrow = heir(), clock.today() + timedelta(days=1)
    deliver(
        visits_db,
        succeeded(places, BINH_PHU, to),
        succeeded(places, MY_THANH, heir("86/28993/"), effective_on=tomorrow),
    )
    late, early = api.report(), api.report(unit="28993")
    with visits_db.begin() as session:
        session.execute(text("UPDATE successions SET move_at = move_at - interval '2 minutes'"))
    follow_late(visits_db)
    assert unit_of(visits_db, late)[0] == to["unit_id"]
    assert unit_of(visits_db, early)[1] == MY_THANH
    with visits_db() as session:
        waiting = session.scalars(text("SELECT unit_code FROM successions WHERE move_at IS NOT NULL")).all()
    assert waiting == ["28993"]


def test_the_statements_do_not_grow_with_what_moves(
    visits_db: sessionmaker[Session], api: Api, places: Places
) -> None:
    """One unit with one issue, or two with five: the same number."""
    counts = []
    for number, paths in enumerate(([BINH_PHU], [BINH_PHU, MY_THANH])):
        for _ in range(1 + 2 * number):
            api.report()
            api.report(unit="28993")
        news = [succeeded(places, path, heir(f"86/{path.split('/')[-2]}/"), 2 + number) for path in paths]
        with statements(visits_db) as seen:
            deliver(visits_db, *news)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_asks_to_undo_is_told_what_rests_there(
    visits_db: sessionmaker[Session], api: Api, places: Places
) -> None:
    """What followed its place does not count; what was reported there does."""
    api.report()
    to = heir(MY_THANH.replace("83/834", "86"))
    deliver(visits_db, succeeded(places, BINH_PHU, to))
    asked = undo_asked(units=[{"unit_id": to["unit_id"], "path": to["path"]}])
    both = undo_asked(units=[{"unit_id": places.units[MY_THANH], "path": MY_THANH}])
    api.report(unit="28993")
    deliver(visits_db, asked)
    deliver(visits_db, both)
    with visits_db() as session:
        wanted = "SELECT body->'data'->'dependents' FROM outbox WHERE type LIKE '%undo_answered%' ORDER BY seq"
        answers = session.scalars(text(wanted)).all()
    assert answers == [[], ["1 issues rest on units that began by it"]]
