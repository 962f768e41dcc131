"""A producer and a consumer with nothing but the tables of messaging."""

from collections.abc import Iterator

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.database import make_engine, make_sessions
from shared.messaging.schema import create_messaging_tables
from tests.support.databases import Databases


def _messaging_only(databases: Databases) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(databases.empty(), application_name="test-messaging")
    with engine.begin() as connection:
        create_messaging_tables(Operations(MigrationContext.configure(connection)))
        connection.execute(text("CREATE TABLE effects (subject text)"))
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def producer(databases: Databases) -> Iterator[sessionmaker[Session]]:
    """Sessions of the service that records events."""
    yield from _messaging_only(databases)


@pytest.fixture
def consumer_db(databases: Databases) -> Iterator[sessionmaker[Session]]:
    """Sessions of the service that handles them."""
    yield from _messaging_only(databases)
