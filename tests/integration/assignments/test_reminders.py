"""Reminders of the assignments service: each is said once."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.reminders.actions import remind
from services.assignments.reminders.rules import Reminder
from shared.contracts.assignments import REMINDER_DUE
from shared.ids import uuid7
from shared.messaging.events import read

GAPS = Reminder(
    "coverage_gaps", uuid7(), date(2026, 3, 2), [(uuid7(), "Nguyễn An")], "83/", "Còn trống", "Gaps", "Một.", "One."
)


def test_a_reminder_is_given_once(assignments_db: sessionmaker[Session]) -> None:
    """The same kind, subject and day make one event, whatever it says; another day makes another."""
    twice = [GAPS.recipients[0], GAPS.recipients[0]]
    with assignments_db.begin() as session:
        assert remind(session, replace(GAPS, recipients=twice)) and not remind(
            session, replace(GAPS, body_vi="Hai.")
        )
        assert remind(session, replace(GAPS, day=GAPS.day + timedelta(days=7)))
        assert not remind(session, replace(GAPS, kind="other", recipients=[]))
        rows = session.scalars(text("SELECT body::text FROM outbox ORDER BY seq")).all()
    first, second = (read(row) for row in rows)
    assert first.type == REMINDER_DUE and first.data["reminder_id"] == GAPS.id != second.data["reminder_id"]
    assert first.data["recipients"] == [{"official_id": GAPS.recipients[0][0], "full_name": "Nguyễn An"}]
