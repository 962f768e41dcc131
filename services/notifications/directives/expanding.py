"""Telling everybody: broadcasts that are due are expanded chunk by chunk, one transaction each.

A crash loses nothing: the chunk is undone, and the next one begins where the last committed one ended. Between
chunks there is a rest, so that what is urgent finds the database free.
"""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.directives import audience, rules
from services.notifications.directives.actions import EXPANDING
from services.notifications.directives.model import Broadcast, Directive, Receipt
from services.notifications.directives.queries import not_done
from services.notifications.directives.rules import Purpose
from services.notifications.notices.actions import Fact, keep_notices
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import Kind
from services.notifications.notifications.actions import notify
from services.notifications.notifications.lanes import use_bulk_lane
from services.notifications.notifications.rules import HELPING
from shared import clock, trace
from shared.database import dumps
from shared.messaging.wake import wake
from shared.prepared import Prepared

CHUNK = 100  # officials a transaction
_LONGEST = 2.0  # seconds in one go: the clock has other duties, and must say that it lives
_REST = 0.02  # seconds between chunks

_RECEIPTS = Prepared(
    """
    INSERT INTO directive_receipts (directive_id, official_id, full_name, unit_path, place, reasons)
    SELECT CAST(:directive AS uuid), row.* FROM json_to_recordset(CAST(:rows AS json))
        AS row (official_id uuid, full_name text, unit_path text, place text, reasons json)
    ON CONFLICT DO NOTHING
    """
)


def expand(sessions: sessionmaker[Session]) -> None:
    """Tell the next ones of whatever is due, the oldest first."""
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        with sessions.begin() as session:
            if not expand_chunk(session):
                return
        time.sleep(_REST)
    with sessions.begin() as session:
        wake(session, EXPANDING)  # there may be more: the clock comes back at once


def expand_chunk(session: Session) -> bool:
    """One transaction's work; False if nothing is due."""
    due = (
        select(Broadcast)
        .where(Broadcast.due_at <= clock.now())
        .order_by(Broadcast.due_at, Broadcast.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    broadcast = session.scalars(due).first()
    if broadcast is None:
        return False
    directive = session.get_one(Directive, broadcast.directive_id)
    people = _next(session, broadcast, directive)
    if people:
        _tell(session, broadcast, directive, people)
    broadcast.advance([each["official_id"] for each in people], CHUNK)
    return True


def _next(session: Session, broadcast: Broadcast, directive: Directive) -> list[dict[str, Any]]:
    if broadcast.purpose == Purpose.ISSUED:
        people = audience.next_of(session, directive, broadcast.cursor, CHUNK)
        if people:
            _RECEIPTS.run(session, {"directive": directive.id, "rows": dumps(people)})
        return people
    statement = select(Receipt.official_id, Receipt.full_name, Receipt.reasons).where(
        Receipt.directive_id == directive.id
    )
    if broadcast.purpose == Purpose.REMINDER:
        statement = not_done(statement, directive)
    if broadcast.cursor is not None:
        statement = statement.where(Receipt.official_id > broadcast.cursor)
    rows = session.execute(statement.order_by(Receipt.official_id).limit(CHUNK)).mappings()
    return [dict(row) for row in rows]


def _tell(session: Session, broadcast: Broadcast, directive: Directive, people: Sequence[dict[str, Any]]) -> None:
    """Write the notifications of a chunk, as everybody's are written, into the bulk lane."""
    use_bulk_lane(session)
    kind = Kind.REMINDER if broadcast.purpose == Purpose.REMINDER else Kind.DIRECTIVE
    notice = session.get(Notice, broadcast.id)
    if notice is None:  # of a reminder: what it says is known only now
        now = trace.current()
        facts = rules.reminder_of(directive, broadcast)
        keep_notices(session, kind, [Fact(facts, now.correlation_id, now.traceparent)])
        told = Fact(facts | {"recipients": people}, now.correlation_id, now.traceparent)
    else:
        told = Fact(
            _as_told(notice.facts, broadcast.id) | {"recipients": people}, notice.correlation_id, notice.traceparent
        )
    notify(session, kind, [told])
    wake(session, HELPING)


def _as_told(facts: dict[str, Any], notice_id: UUID) -> dict[str, Any]:
    """The facts of a notice that is there, with its id as an id."""
    name = "reminder_id" if "reminder_id" in facts else "broadcast_id"
    return facts | {name: notice_id}
