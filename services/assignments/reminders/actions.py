"""Reminding."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assignments.reminders.model import SentReminder
from services.assignments.reminders.rules import Reminder, reminder_due
from shared import clock
from shared.messaging.outbox import record


def remind(session: Session, reminder: Reminder) -> bool:
    """Have notifications tell the recipients; False if it was given before, or there is nobody to tell."""
    if not reminder.recipients:
        return False
    row = {"id": reminder.id, "kind": reminder.kind, "subject_id": reminder.subject_id, "day": reminder.day}
    new = insert(SentReminder).values(row | {"created_at": clock.now()}).on_conflict_do_nothing()
    if session.execute(new.returning(SentReminder.id)).scalar() is None:
        return False
    record(session, reminder_due(reminder))
    return True
