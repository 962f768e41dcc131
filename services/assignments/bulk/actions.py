"""Asking for an import, and keeping what came of it."""

import hashlib

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from services.assignments.audit.rules import Actor
from services.assignments.bulk.applying import Report
from services.assignments.bulk.catalogue import KINDS
from services.assignments.bulk.model import Import, ImportFault, ImportFile
from services.assignments.bulk.rules import FILE_NAME_MAX, KEPT_FAULTS, outcome
from services.assignments.sheets.reading import Unreadable, check_file
from shared.errors import BadInput, Forbidden
from shared.messaging.clockwork import clock_channel
from shared.messaging.wake import wake
from shared.text import CONTROL, nfc
from shared.web.auth import Principal


def request_import(
    session: Session, who: Principal, actor: Actor, kind: str, content: bytes, file_name: str, dry_run: bool
) -> Import:
    """Have a sheet worked off. Raises Forbidden for what lies outside the territory as a whole, BadInput naming
    `file` for what is no sheet."""
    if not who.territories or (KINDS[kind].everywhere and not who.covers("")):
        raise Forbidden("This holds everywhere; your territory does not.")
    try:
        check_file(content)
    except Unreadable as error:
        raise BadInput(f"{error.reason_vi} / {error.reason_en}", field="file") from error
    name = CONTROL.sub("", nfc(file_name)).replace("\\", "/").rpartition("/")[2].strip()[:FILE_NAME_MAX]
    asked = Import.of(kind, dry_run, who, actor, name or "?", len(content), hashlib.sha256(content).hexdigest())
    session.add(asked)
    session.flush()
    session.add(ImportFile(import_id=asked.id, content=content))
    wake(session, clock_channel("assignments"))
    return asked


def conclude(session: Session, asked: Import, report: Report) -> None:
    """Write down what came of it; the content is not needed any more."""
    kept = report.faults[:KEPT_FAULTS]
    if kept:
        rows = [
            {"import_id": asked.id, "number": place} | each._asdict() for place, each in enumerate(kept, start=1)
        ]
        session.execute(insert(ImportFault), rows)
    asked.finish(
        outcome(len(report.faults), asked.dry_run),
        created=report.created,
        changed=report.changed,
        unchanged=report.unchanged,
        fault_count=len(report.faults),
        rows_total=report.rows,
        rows_done=report.rows,
    )
    drop_content(session, asked)


def drop_content(session: Session, asked: Import) -> None:
    """The sheet itself goes: it is full of people's addresses."""
    session.execute(delete(ImportFile).where(ImportFile.import_id == asked.id))
