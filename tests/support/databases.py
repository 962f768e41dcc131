"""Fresh databases: each a copy of a template that the real migrations built once a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from os import environ, getpid
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session, sessionmaker

from shared.database import run_migrations
from tests.support.servers import Servers

_numbers = count(1)
_LOCK = 0x7E57


@contextmanager
def listening(sessions: sessionmaker[Session], channel: str) -> Iterator[Callable[[], int]]:
    """Listen on a channel of the sessions' database; the function given counts what was heard since."""
    url = sessions.kw["bind"].url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {channel}")
        yield lambda: len(list(connection.notifies(timeout=0.2)))


@contextmanager
def statements(sessions: sessionmaker[Session]) -> Iterator[list[str]]:
    """Collects what the sessions' database is asked, also past SQLAlchemy."""
    with sessions() as session:
        session.connection()  # what a new connection asks at first does not count
    database = sessions.kw["bind"].url.database
    seen: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(self: psycopg.Cursor[Any], query: Any, *args: Any, **more: Any) -> Any:
        if self.connection.info.dbname == database:
            seen.append(str(query))
        return execute(self, query, *args, **more)

    psycopg.Cursor.execute = noted  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


class Databases:
    """Makes and drops databases on the run's server."""

    def __init__(self, servers: Servers) -> None:
        self._postgres = servers.postgres
        self._made: list[str] = []

    def fresh(self, service: str) -> str:
        """The URL of a new, migrated database of a service."""
        self._template(service)
        name = self._name(service)
        self._copy(name, f"template_{service}")
        return self._postgres.url(name)

    def empty(self) -> str:
        """The URL of a new database without any table."""
        name = self._name("empty")
        self._copy(name, "template1")
        return self._postgres.url(name)

    def _name(self, kind: str) -> str:
        name = f"{kind}_{environ.get('PYTEST_XDIST_WORKER', 'main')}_{getpid()}_{next(_numbers)}"
        self._made.append(name)
        return name

    def drop_all(self) -> None:
        """Drop what this has made, also under connections left open."""
        with self._postgres.connect() as connection:
            for name in self._made:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.clear()

    def _template(self, service: str) -> None:
        """Build the template once; workers take turns."""
        name = f"template_{service}"
        with self._postgres.connect() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            if not self._exists(connection, name):
                draft = f"draft_{service}"
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
                run_migrations(service, self._postgres.url(draft))
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
                )

    @staticmethod
    def _exists(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> bool:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        return found is not None

    def _copy(self, name: str, template: str) -> None:
        with self._postgres.connect() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))  # a template is copied by one at a time
            # Copying the files takes a seventh of the time that copying through the log takes.
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
