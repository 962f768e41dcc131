"""Telling everything again, and the schema the migrations build."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.clients.actions import ensure_signing_key
from services.assignments.database import Base
from services.assignments.republish import republish
from shared.messaging import schema
from tests.integration.assignments.conftest import SECRET_KEY, Api, Desk

STATE = text(
    "SELECT type, body->>'subject' AS subject, body->>'subjectversion' AS version, body->>'data' AS data "
    "FROM outbox WHERE type NOT LIKE '%escalation%' ORDER BY seq"
)


def test_everything_is_told_again_as_it_stands(api: Api, desk: Desk, sessions: sessionmaker[Session]) -> None:
    """Republishing records the last state of every unit, hamlet, official and key once, with its version."""
    with sessions.begin() as session:
        ensure_signing_key(session, SECRET_KEY)
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1")
    official = desk.official()
    for path, change in (
        (f"/hamlets/{hamlet['id']}", {"name": "Ấp 2"}),
        (f"/officials/{official['id']}", {"email": None}),
    ):
        api("PATCH", path, change, **{"If-Match": '"1"'})
    with sessions() as session:
        before = {row.subject: tuple(row) for row in session.execute(STATE)}
        session.execute(text("DELETE FROM outbox"))
        count = republish(session)
        after = [tuple(row) for row in session.execute(STATE)]
    assert count == len(after) == 158 + 3
    assert {row[1]: row for row in after} == before


def test_migrations_build_what_the_models_say(assignments_db: sessionmaker[Session]) -> None:
    """Between the migrated database and the models there is no difference."""
    with assignments_db() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, [Base.metadata, schema.metadata]) == []  # type: ignore[arg-type]
