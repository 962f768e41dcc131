"""Statements built and compiled once, for what comes by the hundred a second or has somebody waiting for it."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


class Prepared:
    """A statement that goes to psycopg as text.

    SQLAlchemy would build it, compute its cache key, bind its values and describe its result each time: for a
    read by key several times the work of the query. Here psycopg gets the text, the values as they are (UUID,
    datetime, str, list) and gives tuples. The connection, its transaction and its pool stay SQLAlchemy's.
    """

    def __init__(self, build: str | Callable[[], ClauseElement], *, plan_each_time: bool = False) -> None:
        """`build`: SQL with :names, or what makes the statement. `plan_each_time`: the best plan depends on the
        values, so PostgreSQL must not keep one for all."""
        self._build = (lambda: text(build)) if isinstance(build, str) else build
        self._prepare = False if plan_each_time else None  # None: psycopg prepares what it meets again
        self._sql = ""
        self._constants: dict[str, Any] = {}

    def rows(self, on: Session | Connection, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of its result, executed in the transaction of `on`."""
        return self._execute(on, values).fetchall()

    def row(self, on: Session | Connection, values: dict[str, Any]) -> tuple[Any, ...] | None:
        """The row there is, or None."""
        rows = self.rows(on, values)
        return rows[0] if rows else None

    def named(self, on: Session | Connection, values: dict[str, Any]) -> list[Any]:
        """The rows, their values by name as well."""
        return self._execute(on, values, namedtuple_row).fetchall()

    def run(self, on: Session | Connection, values: dict[str, Any]) -> int:
        """Execute what has no result; returns how many rows it touched."""
        return int(self._execute(on, values).rowcount)

    def _execute(self, on: Session | Connection, values: dict[str, Any], row_factory: Any = None) -> Any:
        connection = on.connection() if isinstance(on, Session) else on
        if not self._sql:
            compiled = self._build().compile(dialect=connection.dialect)
            self._constants = {name: value for name, value in compiled.params.items() if value is not None}
            # Without indentation: psycopg reads a text of more than 4,096 characters anew each time.
            self._sql = "\n".join(line.strip() for line in str(compiled).splitlines())
        driver: Any = connection.connection.driver_connection
        try:
            cursor = driver.cursor(row_factory=row_factory) if row_factory else driver.cursor()
            return cursor.execute(self._sql, self._constants | values, prepare=self._prepare)
        except psycopg.Error as error:
            if driver.broken:
                connection.invalidate()  # the pool must not hand it out again
            # As SQLAlchemy raises it, so that nobody has to know which way a statement went.
            raise DBAPIError.instance(
                self._sql, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=driver.broken
            ) from error
