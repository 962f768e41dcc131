"""PostgreSQL: engines, sessions and migrations, the same for every service."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files

import orjson
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from shared.settings import postgres_url

# Constraint names are fixed, so that a migration can name what it changes.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Two processes that migrate the same database take turns on this advisory lock.
_MIGRATION_LOCK = 0x0CA00001


def dumps(value: object) -> str:
    """JSON text, unescaped; UUIDs and dates as their ISO text."""
    return orjson.dumps(value).decode()


def make_engine(url: str, *, application_name: str, pool_size: int = 4) -> Engine:
    """An engine of a small pool whose connections announce who they are."""
    return create_engine(
        postgres_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        connect_args={"application_name": application_name, "options": "-c timezone=UTC -c jit=off"},
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that keep loaded values after a commit: the edge commits and still answers."""
    return sessionmaker(engine, expire_on_commit=False)


def _config(service: str, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(f"services.{service}") / "migrations"))
    config.attributes["url"] = postgres_url(url)
    return config


def run_migrations(service: str, url: str) -> None:
    """Bring the database of a service to the newest schema; safe to run from several processes."""
    command.upgrade(_config(service, url), "head")


def migrate_environment(
    *metadata: MetaData, afterwards: Callable[[Connection], None] = lambda connection: None
) -> None:
    """The body of every service's migrations/env.py. `afterwards` is done to the newest schema, with the last
    migration or, where there was none to do, alone."""
    engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=list(metadata), compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
            afterwards(connection)
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
        connection.commit()
    engine.dispose()


def head_revision(service: str) -> str:
    """The revision that the code of a service expects."""
    return str(ScriptDirectory.from_config(_config(service, "postgresql://")).get_current_head())


class Lasting:
    """Sessions over one connection that lasts, in which each statement commits by itself: from idle, to fetch a
    connection from the pool and set it up takes as long as a statement does. Its statements keep their plans, which
    PostgreSQL would make anew each time once a table has grown: so they must suit all values. For one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        """A session; after any trouble the next one has another connection."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._connection.execute(text("SET plan_cache_mode = force_generic_plan"))
                self._connection.commit()
            with Session(self._connection, expire_on_commit=False) as session:
                yield session
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection: with its settings it is nobody else's."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def each_commits(session: Session) -> None:
    """Let each statement of this session commit by itself: a read sees what is committed, as it would in a
    transaction of READ COMMITTED, without the round trips of BEGIN and COMMIT. Call it before the first."""
    session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
