"""A sheet taken into the record: all of it in the transaction given, or nothing and every fault."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.orm import Session

from services.assignments.bulk.kind import Change, Kind, Progress, Settled
from services.assignments.bulk.rules import Phase
from services.assignments.sheets.reading import Unreadable, read_lines
from services.assignments.sheets.table import Fault, Row, read_table, reporter
from shared.database import dumps
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many
from shared.web.auth import Principal

_BULK_LOCK = 0x0CA00050
_CHUNK = 500  # records a flush


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do: counts of records; or the faults for which nothing was done."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def take_in(session: Session, who: Principal, kind: Kind, data: bytes, dry_run: bool, progress: Progress) -> Report:
    """Import a sheet; never commits. With faults, or as a dry run, the session is rolled back and holds nothing."""
    # Two imports at once would not see one another's records.
    session.execute(select(func.pg_advisory_xact_lock(_BULK_LOCK)))
    try:
        lines = read_lines(data, lambda row: progress(Phase.READING, row, 0))
    except Unreadable as error:
        session.rollback()
        return Report(faults=[Fault(error.row, "", "", error.reason_vi, error.reason_en)])
    found = read_table(lines, kind.columns)
    faults, rows = found.faults, found.rows
    settled = kind.settle(session, who, _counted(rows, progress), reporter(faults, found.letters))
    report = Report(
        len(settled.created), len(settled.changed), settled.unchanged, len(rows), sorted(faults), settled.changes
    )
    if faults or dry_run:
        session.rollback()
        return Report(rows=len(rows), faults=report.faults) if faults else report
    if kind.tell is not None:
        _write(session, kind, kind.tell, settled, progress)
    return report


class _counted(Sequence[Row]):
    """Rows that say how far one has come, each time they are gone through."""

    def __init__(self, rows: Sequence[Row], progress: Progress) -> None:
        self._rows, self._progress = rows, progress

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    def __iter__(self) -> Any:
        for number, row in enumerate(self._rows):
            if number % 500 == 0:
                self._progress(Phase.CHECKING, number, len(self._rows))
            yield row


def _write(
    session: Session, kind: Kind, tell: Callable[[Any], NewEvent], settled: Settled, progress: Progress
) -> None:
    total, done = len(settled.created) + len(settled.changed), 0
    for rewritten, records in ((True, settled.changed), (False, settled.created)):
        for start in range(0, len(records), _CHUNK):
            chunk = records[start : start + _CHUNK]
            if kind.flat:
                _write_rows(session, chunk, new=not rewritten)
            else:
                session.add_all(chunk)
                session.flush()
            record_many(session, [(tell(each), None) for each in chunk])
            done += len(chunk)
            progress(Phase.WRITING, done, total)


def _write_rows(session: Session, records: Sequence[Any], new: bool) -> None:
    """Write records of one table with one statement: the session would send one for each, and the audit's trigger
    would run for each."""
    mapper = inspect(type(records[0]))
    table = cast(Table, mapper.local_table)
    for record in records:
        if not new:
            session.expunge(record)
        for each in mapper.relationships:  # the session would do this at a flush
            ((own, other),) = each.local_remote_pairs
            if each.key in inspect(record).dict:
                value = getattr(record, each.key)
                setattr(record, own.key, value and getattr(value, other.key))
    columns = [column.name for column in table.columns if column.computed is None]
    rows = [{name: getattr(record, name) for name in columns} for record in records]
    names = ", ".join(f'"{name}"' for name in columns)  # the model's own
    source = f'jsonb_populate_recordset(NULL::"{table.name}", CAST(:rows AS jsonb)) AS n'
    statement = f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {source}'
    if not new:
        sets = ", ".join(f'"{name}" = n."{name}"' for name in columns if name != "id")
        statement = f'UPDATE "{table.name}" AS t SET {sets} FROM {source} WHERE t.id = n.id'
    session.execute(text(statement), {"rows": dumps(rows)})
