"""Fixtures of all tests: servers once a run, a fresh database of a service for whoever asks."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session, sessionmaker

from shared.database import make_engine, make_sessions
from tests.support.databases import Databases
from tests.support.servers import RunningServers, Servers

_running: RunningServers | None = None

# A busy machine is no fault of the code, and what passed once passes again: the same examples each time, unless
# somebody looks for new ones (CAUNOI_EXPLORE=1).
settings.register_profile(
    "steady",
    derandomize="CAUNOI_EXPLORE" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the steering process only."""
    global _running
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        _running = RunningServers()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them."""
    if _running is not None:
        _running.stop()


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The PostgreSQL and Redis of this run."""
    return Servers.of_this_run()


@pytest.fixture
def databases(servers: Servers) -> Iterator[Databases]:
    """Makes fresh databases, dropped after the test."""
    made = Databases(servers)
    yield made
    made.drop_all()


def _sessions(databases: Databases, service: str) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(databases.fresh(service), application_name=f"test-{service}")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def assignments_db(databases: Databases) -> Iterator[sessionmaker[Session]]:
    """Sessions on a fresh database of the assignments service."""
    yield from _sessions(databases, "assignments")


@pytest.fixture
def visits_db(databases: Databases) -> Iterator[sessionmaker[Session]]:
    """Sessions on a fresh database of the visits service."""
    yield from _sessions(databases, "visits")


@pytest.fixture
def notifications_db(databases: Databases) -> Iterator[sessionmaker[Session]]:
    """Sessions on a fresh database of the notifications service."""
    yield from _sessions(databases, "notifications")
