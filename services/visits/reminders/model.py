"""Rows of reminders."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class SentReminder(Base):
    """A reminder that was given, so that it is given once."""

    __tablename__ = "reminders"
    __table_args__ = (Index("ix_reminders_subject", "subject_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    day: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
