"""Reminding."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.visits.database import as_rows, bulk_insert, table_of
from services.visits.reminders.model import SentReminder
from services.visits.reminders.rules import Reminder
from shared import clock
from shared.contracts.visits import REMINDER_DUE
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record, record_many


def remind(session: Session, reminder: Reminder) -> bool:
    """Have notifications tell the recipients; False if it was given before, or there is nobody to tell."""
    if not reminder.recipients:
        return False
    new = insert(SentReminder).values(_row(reminder)).on_conflict_do_nothing()
    if session.execute(new.returning(SentReminder.id)).scalar() is None:
        return False
    record(session, _due(reminder))
    return True


def remind_all(session: Session, reminders: Sequence[tuple[Reminder, Event | None]]) -> None:
    """The same for many, each with the event that caused it; two statements."""
    wanted = {reminder.id: (reminder, cause) for reminder, cause in reminders if reminder.recipients}
    if not wanted:
        return
    rows = [_row(reminder) for _, (reminder, _) in sorted(wanted.items())]
    statement = bulk_insert(table_of(SentReminder), tuple(rows[0])).on_conflict_do_nothing()
    new = session.scalars(statement.returning(SentReminder.id), as_rows(rows))
    record_many(session, [(_due(wanted[each][0]), wanted[each][1]) for each in new])


def _row(reminder: Reminder) -> dict[str, Any]:
    row = {"id": reminder.id, "kind": reminder.kind, "subject_id": reminder.subject_id, "day": reminder.day}
    return row | {"created_at": clock.now()}


def _due(reminder: Reminder) -> NewEvent:
    people = dict(reminder.recipients)  # each person once
    data = asdict(reminder) | {
        "reminder_id": reminder.id,
        "recipients": [{"official_id": each, "full_name": name} for each, name in people.items()],
    }
    return NewEvent(REMINDER_DUE, str(reminder.id), 1, data)
