"""The databases for one command: those of a running system, those configured, or the embedded ones just for now."""

import getpass
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from caunoi import environment
from caunoi.home import Home
from caunoi.roles import SERVICES
from caunoi.settings import UpSettings, default_home
from shared.database import make_engine, make_sessions, run_migrations


@contextmanager
def servers(home_path: Path | None = None) -> Iterator[None]:
    """Have the databases and put their URLs into this process's environment. What is up already is used as it is.

    Raises HomeError, StartError, PostgresError, SettingsError.
    """
    settings = UpSettings.from_env()
    if settings.secret_key and all(settings.database_url(service) for service in SERVICES):
        yield
        return
    home = Home.at(home_path or Path(settings.home or default_home()))
    environment.apply(environment.of_servers(settings, home))
    postgres = environment.embedded_postgres(settings, home)
    if postgres is None or home.is_up():
        yield
        return
    with (
        home.locked("a caunoi command"),
        postgres.running([environment.database(service) for service in SERVICES]),
    ):
        for service in SERVICES:
            bring_up_to_date(service)
        yield


@contextmanager
def sessions(service: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on the database of a service; commit is the caller's."""
    engine = make_engine(environment.database_url(service), application_name="caunoi", pool_size=1)
    made = make_sessions(engine)
    if service == "assignments":  # it audits who changes something
        importlib.import_module("services.assignments.audit.actor").name_command(made, person())
    try:
        yield made
    finally:
        engine.dispose()


def bring_up_to_date(service: str) -> None:
    """Migrate the database of a service; the one that signs tokens also gets its first key."""
    run_migrations(service, environment.database_url(service))
    if service == "assignments":
        clients = importlib.import_module("services.assignments.clients.actions")
        with sessions(service) as factory, factory.begin() as session:
            clients.ensure_signing_key(session, environment.secret_key())


def person() -> str:
    """Who sits at the command line, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"
