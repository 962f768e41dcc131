"""Who read a reporter's contact and why, and how long it is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from shared import clock
from shared.ids import uuid7


class ContactRead(Base):
    """A reader was shown who reported an issue. Never changed."""

    __tablename__ = "contact_reads"
    __table_args__ = (Index("ix_contact_reads_issue", "issue_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    client_id: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID | None]
    official_name: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)

    @classmethod
    def note(cls, issue_id: UUID, client_id: str, official: Any, why: str) -> "ContactRead":
        """A read at this moment; `official` has id and full_name, or is None."""
        return cls(
            id=uuid7(),
            issue_id=issue_id,
            at=clock.now(),
            client_id=client_id,
            official_id=official.id if official else None,
            official_name=official.full_name if official else None,
            why=why,
        )


class PrivacyRule(Base):
    """A number of days that may be changed, with where it comes from."""

    __tablename__ = "privacy_rules"
    __table_args__ = (CheckConstraint("days >= 0", name="days"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
