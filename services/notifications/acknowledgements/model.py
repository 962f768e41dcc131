"""What officials have said, kept for good."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class SaidAnswer(Base):
    """One answer of one official to one escalation. `by` says which way: link, or the client that did it."""

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_escalation_id_id", "escalation_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    escalation_id: Mapped[UUID]
    notification_id: Mapped[UUID]
    official_id: Mapped[UUID]
    full_name: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    to_official_id: Mapped[UUID | None]
    to_full_name: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[str] = mapped_column(Text)
