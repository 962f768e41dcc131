"""Migration 0006 and the models of issues, categories, intake and privacy."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.database import Base
from services.visits.intake import model as intake
from services.visits.issues import model as issues
from services.visits.privacy import model as privacy
from shared.database import _config
from tests.integration.visits.conftest import Api, Places

__all__ = ["intake", "issues", "privacy"]  # imported for their tables

TABLES = {
    "categories", "issues", "reporters", "satisfactions", "intake_phrases", "intake_guidance", "intake_counts",
    "contact_reads", "privacy_rules",
}  # fmt: skip


def differences(session: Session) -> list[object]:
    """Where the tables are not what the models say."""
    mine = MetaData(naming_convention=Base.metadata.naming_convention)
    for name in TABLES:
        Base.metadata.tables[name].to_metadata(mine)
    named = {"include_name": lambda name, kind, _: kind != "table" or name in TABLES, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(session.connection(), opts=named), mine))


def test_the_tables_are_what_the_models_say(visits_db: sessionmaker[Session]) -> None:
    """Columns, types, keys and indexes."""
    with visits_db() as session:
        assert differences(session) == []


def test_the_way_back_and_forth_loses_no_issue(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Issues of a category that is not there before go to the one above; then the tables are as they were."""
    issue = api.report(category="salt_intrusion")
    config = _config("visits", visits_db.kw["bind"].url.render_as_string(hide_password=False))
    command.downgrade(config, "0005")
    command.upgrade(config, "head")
    with visits_db() as session:
        rows = session.execute(text("SELECT code, category FROM issues")).all()
        assert [tuple(row) for row in rows] == [(issue["code"], "irrigation_salinity")]
        assert differences(session) == []
