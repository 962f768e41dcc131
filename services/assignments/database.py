"""The declarative base of this service's tables, and writing many rows in one statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    DateTime,
    MetaData,
    Table,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import DeclarativeBase, Session

from shared.database import NAMING, dumps


class Base(DeclarativeBase):
    """Every model of the assignments service."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column is one of many values. They go as one array: IN would make each a parameter of its own, and
    ten thousand of those take longer to write than the rows to find."""
    return cast(ColumnElement[bool], column == func.any(sql_cast(list(values), ARRAY(column.type))))


def insert_rows(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of the same columns with one statement: an executemany would send them one by one, and the audit
    log would be called for each."""
    if rows:
        table = _table(model)
        names = tuple(rows[0])
        statement = insert(table).from_select(list(names), select(*_given(table, names).c))
        session.execute(statement, {"rows": dumps(list(rows))})


def update_rows(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Set these columns of the rows with these ids, all with one statement."""
    if rows:
        table = _table(model)
        given = _given(table, tuple(rows[0]))
        values = {name: given.c[name] for name in rows[0] if name != "id"}
        session.execute(update(table).where(table.c.id == given.c.id).values(values), {"rows": dumps(list(rows))})


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _given(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """Rows given as one JSON text, as a table."""
    read = func.json_to_recordset(sql_cast(bindparam("rows", type_=Text), JSON))
    columns = read.table_valued(*(column(name, table.c[name].type) for name in names))
    return columns.render_derived(name="given", with_types=True)
