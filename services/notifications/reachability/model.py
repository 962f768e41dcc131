"""Rows of bounces and of suppressed addresses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base
from shared import clock

Instant = DateTime(timezone=True)


class BounceRow(Base):
    """A mail that came back."""

    __tablename__ = "bounces"
    __table_args__ = (Index("ix_bounces_address", "address", "at"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    notification_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class Suppression(Base):
    """An address that gets no mail, because it takes none; until somebody who knows better lifts it."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index("uq_suppressions_address", "address", unique=True, postgresql_where=text("lifted_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    trouble: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_because: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]

    def lift(self, reason: str, by: str) -> None:
        """Mail may go there again."""
        self.lifted_at, self.lifted_by, self.lifted_because = clock.now(), by, reason
        self.version += 1
