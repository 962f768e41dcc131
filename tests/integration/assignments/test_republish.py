"""Telling everything again, and the schema the migrations build."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.clients.actions import ensure_signing_key
from services.assignments.database import Base
from services.assignments.reminders import model as reminders
from services.assignments.republish import republish
from shared.messaging import schema
from tests.integration.assignments.conftest import SECRET_KEY, Api, Desk

__all__ = ["reminders"]  # imported for its table

STATE = text(
    "SELECT type, body->>'subject' AS subject, body->>'subjectversion' AS version, body->>'data' AS data "
    "FROM outbox WHERE type NOT LIKE '%escalation%' AND type NOT LIKE '%reminder%' ORDER BY seq"
)


def test_everything_is_told_again_as_it_stands(api: Api, desk: Desk, sessions: sessionmaker[Session]) -> None:
    """Republishing records the last state of whatever others know of once, with its version."""
    with sessions.begin() as session:
        ensure_signing_key(session, SECRET_KEY)
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1", valid_from="2020-01-01")
    official = desk.official()
    other = api.made("/hamlets", unit="28993", name="Ấp 3", valid_from="2020-01-01")
    cluster = desk.cluster("28993")
    desk.assign(official, "cluster_overseer", cluster=cluster["id"])
    assignment = desk.assign(official, "hamlet_follower", "2026-01-01", hamlet=other["id"])
    end = {"valid_to": "2027-01-01"}
    assert api.post(f"/assignments/{assignment['id']}/end", end, **{"If-Match": '"1"'}).status_code == 200
    communes = {"communes": ["28984"], "valid_from": "2026-01-01"}
    assert api("PUT", f"/clusters/{cluster['id']}/communes", communes, **{"If-Match": '"1"'}).status_code == 200
    for path, change in (
        (f"/hamlets/{hamlet['id']}", {"name": "Ấp 2"}),
        (f"/officials/{official['id']}", {"email": None}),
    ):
        api("PATCH", path, change, **{"If-Match": '"1"'})
    desk.assign(official, "commune_follower", unit="28993")
    api.made("/absences", official=official["id"], valid_from="2026-11-01", reason="study")
    with sessions() as session:
        before = {row.subject: tuple(row) for row in session.execute(STATE)}
        session.execute(text("DELETE FROM outbox"))
        count = republish(session)
        after = [tuple(row) for row in session.execute(STATE)]
    assert count == len(after) == 158 + 9
    assert {row[1]: row for row in after} == before


def test_migrations_build_what_the_models_say(assignments_db: sessionmaker[Session]) -> None:
    """Between the migrated database and the models there is no difference."""
    with assignments_db() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, [Base.metadata, schema.metadata]) == []  # type: ignore[arg-type]
