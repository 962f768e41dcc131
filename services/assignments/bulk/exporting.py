"""What is recorded, written as a sheet while it is read."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.assignments.bulk.kind import Kind
from services.assignments.sheets.writing import XLSX, write
from shared.errors import BadInput
from shared.web.auth import Principal

MAX_XLSX_ROWS = 20_000  # an XLSX is a whole before its first byte can be sent; a CSV has no limit


def export(
    sessions: sessionmaker[Session], who: Principal, kind: Kind, path: str | None, format_: str
) -> Iterator[bytes]:
    """The sheet of what lies in the territory (and in the unit with this path), piece by piece, as of one moment.

    What is private is left out for those who may not change it. The first piece is made before this returns, so
    that what goes wrong at once is an error and not half an answer. Raises BadInput (rows of an XLSX)."""
    pieces = _pieces(sessions, who, kind, path, format_)
    first = next(pieces)

    def all_pieces() -> Iterator[bytes]:
        yield first
        yield from pieces

    return all_pieces()


def _pieces(
    sessions: sessionmaker[Session], who: Principal, kind: Kind, path: str | None, format_: str
) -> Iterator[bytes]:
    shown = [place for place, each in enumerate(kind.columns) if who.may("assignments:write") or not each.private]
    columns = [kind.columns[place] for place in shown]
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        rows = ([values[place] for place in shown] for values in kind.rows(session, who, path))
        yield from write(format_, columns, _limited(rows) if format_ == XLSX else rows)


def _limited(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for number, values in enumerate(rows):
        if number == MAX_XLSX_ROWS:
            raise BadInput(
                f"More than {MAX_XLSX_ROWS} rows: take csv, or one unit after the other.", field="format"
            )
        yield values
