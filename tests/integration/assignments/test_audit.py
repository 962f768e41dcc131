"""The audit log: nothing passes it by, nobody changes it unseen, and it rebuilds what it tells of."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.audit import queries
from services.assignments.audit.attaching import attach
from services.assignments.audit.rules import SECRETS, UNAUDITED
from services.assignments.clients.actions import create_client
from services.assignments.database import Base
from services.assignments.posts.model import Post
from shared.web.service import ServiceApp
from tests.integration.assignments.conftest import Api, Desk, application
from tests.support.databases import Databases
from tests.support.servers import Servers

NAMELESS = {"name_vi": "", "name_en": "", "attached_to": "", "several": False, "source": "", "version": 1}
OFFICIAL = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"


@pytest.fixture(scope="module")
def app(servers: Servers, ben_tre: Path) -> Iterator[ServiceApp]:
    """One application for all tests here: the log only grows, and each looks at what is its own."""
    databases = Databases(servers)
    with application(databases, ben_tre) as made:
        yield made
    databases.drop_all()


def verdict(sessions: sessionmaker[Session], expected: tuple[int, bytes] | None = None) -> queries.Verdict:
    """What a check of the whole chain says."""
    with sessions() as session:
        return queries.verify(session, expected)


@contextmanager
def tampering(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """As whoever owns the database could: past the triggers that refuse. It is undone in the end."""
    with sessions() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session
        session.rollback()


def test_every_table_is_audited_or_says_why_not(sessions: sessionmaker[Session]) -> None:
    """Each table has the four triggers or stands in UNAUDITED; what looks like a secret is hidden."""
    with sessions() as session:
        tables = set(session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
        fired = text("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'audit_%'")
        triggers = {tuple(row) for row in session.execute(fired)}
        columns = text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        )
        secret = {(t, c) for t, c in session.execute(columns) if set(c.split("_")) & {"digest", "sealed", "hash"}}
    assert set(Base.metadata.tables) <= tables and set(UNAUDITED) <= tables
    for table in tables - set(UNAUDITED):
        for event in ("insert", "update", "delete", "truncate"):
            assert (table, f"audit_{event}") in triggers, table
    assert {(t, c) for t, c in secret if t not in UNAUDITED} <= {(t, c) for t in SECRETS for c in SECRETS[t]}


def test_it_says_who_what_when_and_from_where(api_with: Callable[..., Api]) -> None:
    """A change over the API has the person, the values before and after, the address, the program, the request."""
    api = api_with(official=OFFICIAL)
    where = {"X-Forwarded-For": "203.0.113.7", "User-Agent": "Firefox", "X-Request-ID": "the-request-1"}
    person = {"full_name": "Nguyễn Văn An", "given_name": "An", "unit": "834", "email": "an@bentre.example"}
    made = api.post("/officials", person, **where).json
    assert made
    api("PATCH", f"/officials/{made['id']}", {"email": "moi@bentre.example"}, **where, **{"If-Match": "*"})
    changed, new = api.items(f"/audit-log?record=officials&record_id={made['id']}")
    assert changed["before"] == {"email": "an@bentre.example", "version": 1}
    assert changed["after"] == {"email": "moi@bentre.example", "version": 2}
    assert new["before"] is None and new["after"]["full_name"] == "Nguyễn Văn An"
    for entry, operation in ((new, "insert"), (changed, "update")):
        assert (entry["actor_kind"], entry["actor"]) == ("official", OFFICIAL)
        assert (entry["operation"], entry["unit_path"]) == (operation, "83/834/")
        assert [entry[name] for name in ("address", "agent", "correlation_id")] == list(where.values())
    assert api.items("/audit-log?correlation_id=the-request-1") == [changed, new]
    assert api.items("/audit-log?correlation_id=another") == []


def test_what_passes_the_orm_by_is_audited_too(sessions: sessionmaker[Session]) -> None:
    """A bulk statement leaves one entry per row, by the program that did it; what changes nothing leaves none."""
    with sessions.begin() as session:
        session.execute(text("UPDATE post_rules SET source = 'Quy định 02' WHERE step = 1"))
        session.execute(text("UPDATE post_rules SET source = source"))
        session.execute(text("DELETE FROM post_rules WHERE step = 2"))
    with sessions() as session:
        seen = text(
            "SELECT operation, record_id, before ->> 'source', after ->> 'source', actor_kind, actor "
            "FROM audit_log WHERE operation <> 'baseline' AND record = 'post_rules' ORDER BY record_id"
        )
        rows = [tuple(row) for row in session.execute(seen)]
    assert [row[:2] for row in rows][-1] == ("delete", "provincial_leader/1900-01-01")
    assert len(rows) == 6 and all(row[3] == "Quy định 02" and row[2] for row in rows[:-1])
    assert {row[4:] for row in rows} == {("system", "assignments-api")}


def test_secrets_stay_out_of_it(sessions: sessionmaker[Session]) -> None:
    """Of a client's secret the log says that there is one, and no more."""
    with sessions.begin() as session:
        create_client(session, "Cổng thông tin", ["visits:read"])
    with sessions() as session:
        kept = session.scalars(text("SELECT after FROM audit_log WHERE record = 'client_secrets'")).one()
    assert kept["digest"] == "***" and kept["created_at"]


def test_nobody_changes_it(sessions: sessionmaker[Session]) -> None:
    """UPDATE, DELETE and TRUNCATE of the log and of its chain are refused by the database."""
    for table in ("audit_log", "audit_chain"):
        for sql in (f"UPDATE {table} SET txn = 1", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(DBAPIError, match="only ever added to"), sessions.begin() as session:
                session.execute(text(sql))


TAMPERED = {
    "an entry changed": ("UPDATE audit_log SET actor = 'nobody' WHERE id = :id", "not as it was written"),
    "an instant changed": ("UPDATE audit_log SET at = at + interval '1 s' WHERE id = :id", "not as it was written"),
    "an entry changed, digest and all": (
        "UPDATE audit_log AS l SET actor = 'nobody', digest = audit_digest("
        "to_jsonb(l) || jsonb_build_object('actor', 'nobody'), at) WHERE id = :id",
        "does not follow",
    ),
    "an entry removed": ("DELETE FROM audit_log WHERE id = :id", "of which 0 are left"),
    "a link removed": ("DELETE FROM audit_chain WHERE first_id = :id", "is missing"),
    "a link changed": ("UPDATE audit_chain SET hash = sha256('x') WHERE first_id = :id", "does not follow"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_check_names_the_first_broken_entry(sessions: sessionmaker[Session], how: str) -> None:
    """Whatever was done to an old entry or its link, past the triggers, is found at that entry."""
    sources = [f"{how} {number}" for number in range(3)]
    for source in sources:
        with sessions.begin() as session:
            session.execute(text("UPDATE levels SET source = :s WHERE code = 'district'"), {"s": source})
    assert verdict(sessions).why is None
    sql, why = TAMPERED[how]
    entry = text("SELECT id FROM audit_log WHERE after ->> 'source' = :s")
    with tampering(sessions) as session:
        broken, after = [session.scalars(entry, {"s": source}).one() for source in sources[1:]]
        session.execute(text(sql), {"id": broken})
        found = queries.verify(session)
    assert found.broken == (after if how == "a link removed" else broken) and why in (found.why or "")


def test_a_chain_cut_off_is_found_by_what_was_written_down(sessions: sessionmaker[Session]) -> None:
    """The newest links may vanish with their entries and what is left is good: a head kept elsewhere tells."""
    with sessions.begin() as session:
        session.execute(text("UPDATE levels SET source = 'cut off' WHERE code = 'district'"))
    good = verdict(sessions)
    assert verdict(sessions, (good.seq, good.hash)) == good
    with tampering(sessions) as session:
        session.execute(text("DELETE FROM audit_log WHERE after ->> 'source' = 'cut off'"))
        session.execute(text("DELETE FROM audit_chain WHERE seq = :seq"), {"seq": good.seq})
        assert queries.verify(session).why is None
        assert "ends at link" in (queries.verify(session, (good.seq, good.hash)).why or "")
    assert "written down" in (verdict(sessions, (1, b"x")).why or "")


def test_an_entry_outside_the_chain_is_found(sessions: sessionmaker[Session]) -> None:
    """What was added past the trigger that links is in no link."""
    with tampering(sessions) as session:
        columns = "at, txn, position, operation, record, record_id, actor_kind, actor, digest"
        copy = f"INSERT INTO audit_log ({columns}) SELECT {columns} FROM audit_log ORDER BY id LIMIT 1"
        session.execute(text(copy))
        assert "in no link" in (queries.verify(session).why or "")


def test_the_chain_has_no_fork_under_concurrency(sessions: sessionmaker[Session]) -> None:
    """Eight writers at once, each with several statements and one that fails: one chain, of what was committed."""

    def write(number: int) -> None:
        with sessions.begin() as session:
            for step in ("a", "b"):
                values = {"code": f"p{number}{step}"}
                session.execute(insert(Post).values(values | NAMELESS))
        with pytest.raises(DBAPIError), sessions.begin() as session:
            session.execute(text("UPDATE posts SET source = 'gone' WHERE code = :code"), values)
            session.execute(text("SELECT 1 / 0"))

    before = verdict(sessions)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(8)))
    after = verdict(sessions)
    assert (after.why, after.entries - before.entries, after.links - before.links) == (None, 16, 8)


def test_it_is_read_inside_the_territory_only(api: Api, api_with: Callable[..., Api], desk: Desk) -> None:
    """A district's auditor sees what belongs to the district; what belongs nowhere is for those with everything."""
    desk.holder("commune_follower", unit="28993")  # of a provincial official, for a commune of Giồng Trôm
    mine = api_with(territories=("83/834/",), scopes=["assignments:audit"])
    assert {"assignments", "units"} <= {each["record"] for each in mine.items("/audit-log?limit=200")}
    assert all(each["unit_path"].startswith("83/834/") for each in mine.items("/audit-log?limit=200"))
    assert api.items("/audit-log?record=posts") and mine.items("/audit-log?record=posts") == []
    exported = mine.get("/audit-log/export?record=assignments")
    assert exported.mimetype == "application/x-ndjson"
    newest = mine.items("/audit-log?record=assignments&limit=200")
    assert [json.loads(line) for line in exported.text.splitlines()][-200:] == newest[::-1]
    with pytest.raises(AssertionError):
        api_with(scopes=["assignments:read", "assignments:write"]).items("/audit-log")


def test_what_stood_there_before_is_written_down_first(sessions: sessionmaker[Session]) -> None:
    """A table that comes later is audited from the next migration on, beginning with the rows it has."""
    with sessions.begin() as session:
        session.execute(text("CREATE TABLE latecomers (place int, name text, PRIMARY KEY (name, place))"))
        session.execute(text("INSERT INTO latecomers VALUES (1, 'a'), (2, 'b')"))
        attach(session.connection())
        attach(session.connection())
        session.execute(text("TRUNCATE latecomers"))
    with sessions() as session:
        seen = text("SELECT operation, record_id FROM audit_log WHERE record = 'latecomers' ORDER BY id")
        assert [tuple(row) for row in session.execute(seen)] == [
            ("baseline", "a/1"),
            ("baseline", "b/2"),
            ("truncate", ""),
        ]
    assert verdict(sessions).why is None


STEPS = st.lists(
    st.tuples(st.sampled_from(["assign", "end", "bulk", "refuse"]), st.integers(0, 5), st.integers(1, 400)),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def people(desk: Desk) -> list[dict[str, Any]]:
    """Officials who may be assigned."""
    return [desk.official() for _ in range(3)]


@settings(
    max_examples=10,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_replaying_the_log_rebuilds_the_assignments(
    steps: list[tuple[str, int, int]], app: ServiceApp, api: Api, people: list[dict[str, Any]]
) -> None:
    """Whatever was assigned, ended, refused or changed in bulk: its entries lead to the same rows."""
    posts = [("commune_follower", "28993"), ("district_overseer", "834")]
    for what, which, days in steps:
        post, unit = posts[which % 2]
        day = (date(2026, 1, 1) + timedelta(days=days)).isoformat()
        place = {"post": post, "unit": unit, "valid_from": day, "legal_basis": "QĐ 182"}
        if what == "assign":
            api.post("/assignments", place | {"official": people[which % 3]["id"]})
        elif what == "refuse":
            assert api.post("/assignments", place | {"official": OFFICIAL}).status_code == 422
        elif what == "end":
            for each in api.items("/assignments?limit=200")[which : which + 1]:
                api.post(f"/assignments/{each['id']}/end", {"valid_to": day}, **{"If-Match": "*"})
        else:
            with app.sessions.begin() as session:
                session.execute(text("UPDATE assignments SET scope_note = :n"), {"n": f"{days}"})
    with app.sessions() as session:
        rebuilt: dict[str, dict[str, Any]] = {}
        entries = text("SELECT operation, record_id, after FROM audit_log WHERE record = 'assignments' ORDER BY id")
        for operation, key, after in session.execute(entries):
            if operation == "delete":
                del rebuilt[key]
            else:
                rebuilt[key] = rebuilt.get(key, {}) | after
        rows = session.scalars(text("SELECT to_jsonb(a) FROM assignments AS a")).all()
    assert rebuilt == {row["id"]: row for row in rows}


def test_of_the_items_of_a_plan_those_decided_are_there(
    api: Api, desk: Desk, sessions: sessionmaker[Session]
) -> None:
    """What the program drafts is not audited; what somebody decides in it is."""
    desk.holder("commune_follower", "Nguyễn An", unit="28993")
    plan = api.made("/reorganisations")
    items = api.items(f"/reorganisations/{plan['id']}/items?kind=assignment")
    item = next(each for each in items if each["code"])  # other tests may have left some that end
    path = f"/reorganisations/{plan['id']}/items/{item['id']}/decision"
    found = text("SELECT operation, after FROM audit_log WHERE record = 'reorganisation_items' ORDER BY id")
    with sessions() as session:
        assert session.execute(found).all() == []
    decided = api("PUT", path, {"unit": item["code"]}, **{"If-Match": f'"{item["version"]}"'})
    assert decided.status_code == 200, decided.json
    with sessions() as session:
        (row,) = session.execute(found).all()
    assert row.operation == "update" and row.after["chosen_code"] == item["code"]
    assert verdict(sessions).why is None


def test_a_changed_key_is_one_that_went_and_one_that_came(sessions: sessionmaker[Session]) -> None:
    """A row is known by its key; a column that was added since is there, an update of nothing is not."""
    with sessions.begin() as session:
        session.execute(text("CREATE TABLE movers (place int PRIMARY KEY, name text)"))
        attach(session.connection())
        session.execute(text("ALTER TABLE movers ADD COLUMN since date"))
        session.execute(text("INSERT INTO movers VALUES (1, 'a', '2026-01-01')"))
        session.execute(text("UPDATE movers SET name = 'a'"))
        session.execute(text("UPDATE movers SET place = 2, since = NULL"))
    with sessions() as session:
        seen = text("SELECT operation, before, after FROM audit_log WHERE record = 'movers' ORDER BY id")
        inserted, *moved = [tuple(row) for row in session.execute(seen)]
    first, second = {"place": 1, "name": "a", "since": "2026-01-01"}, {"place": 2, "name": "a", "since": None}
    assert inserted == ("insert", None, first)
    assert sorted(moved) == [("delete", first, None), ("insert", None, second)]
    assert verdict(sessions).why is None
