"""Rows of reminders."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class SentReminder(Base):
    """A reminder that was given, so that it is given once."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_subject", "subject_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    day: Mapped[date]
    created_at: Mapped[datetime]
