"""Sheets for tests: bytes of CSV and XLSX, and taking them in."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.bulk.applying import Report, take_in
from services.assignments.bulk.catalogue import KINDS
from services.assignments.bulk.exporting import export
from shared.web.auth import Principal

SCOPES = frozenset({"assignments:read", "assignments:write"})
ALL = Principal("tester", SCOPES, ("",))


def csv_of(*lines: str) -> bytes:
    """A CSV of these lines, as Excel in Việt Nam saves it."""
    return "\ufeff".encode() + "\r\n".join(lines).encode() + b"\r\n"


def xlsx_of(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook of these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def taken(db: sessionmaker[Session], kind: str, data: bytes, who: Principal = ALL, dry_run: bool = False) -> Report:
    """What an import of a sheet comes to, committed."""
    with db() as session:
        report = take_in(session, who, KINDS[kind], data, dry_run, lambda *_: None)
        session.commit()
    return report


def cells(report: Report) -> list[tuple[str, str]]:
    """Where the faults are."""
    assert all(fault.reason_vi and fault.reason_en for fault in report.faults)
    return [(fault.cell, fault.field) for fault in report.faults]


def exported(db: sessionmaker[Session], kind: str, format_: str = "csv", who: Principal = ALL) -> bytes:
    """The export of a kind."""
    return b"".join(export(db, who, KINDS[kind], None, format_))
