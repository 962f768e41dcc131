"""The tables of the visits service, and how many rows are written in one statement."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import DeclarativeBase, Session

from shared.database import NAMING, dumps


class Base(DeclarativeBase):
    """Base of every model of this service."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(model: type[Base]) -> Table:
    """The Core table behind a model, for bulk statements."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def rows_of(table: Table, names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """A SELECT of rows given as one JSON text, see `as_rows`: one parameter and one round trip for any number,
    and none of their values passes through Python types and back."""
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
    columns = given.table_valued(*(column(name, table.c[name].type) for name in names))
    return select(*columns.render_derived(name="given", with_types=True).c)


def as_rows(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The parameter that `rows_of` reads."""
    return {"rows": dumps(rows)}


@cache
def bulk_insert(table: Table, names: tuple[str, ...]) -> Insert:
    """INSERT … SELECT of the rows given; psycopg would send an executemany row by row."""
    return insert(table).from_select(list(names), rows_of(table, names))


def insert_new(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; one statement. No row, no statement."""
    if rows:
        statement = bulk_insert(table_of(model), tuple(rows[0])).on_conflict_do_nothing()
        session.execute(statement, as_rows(rows))


def upsert_newest(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Upsert versioned rows by `id` in one statement, unless what is stored is newer."""
    newest: dict[Any, dict[str, Any]] = {}
    for row in rows:
        known = newest.get(row["id"])
        if known is None or row["version"] >= known["version"]:
            newest[row["id"]] = row
    table = table_of(model)
    # Sorted, so that two workers who meet the same rows lock them in the same order.
    given = sorted(newest.values(), key=lambda row: row["id"])
    statement = bulk_insert(table, tuple(given[0]))
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: new[name] for name in given[0] if name != "id"},
            where=new.version >= table.c.version,
        ),
        as_rows(given),
    )
