"""Rows of notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base

Instant = DateTime(timezone=True)

# The partial indexes hold what is unfinished or one channel's, so that they stay small beside millions of rows.
DUE = text("due_at IS NOT NULL")


class Notification(Base):
    """One official told of one escalation over one channel.

    `due_at` is null once there is nothing left to do; `reasons` is why this person is told, as routed.
    There is no foreign key to notices: checked row by row it costs as much as the insert, and both are
    written by one action in one transaction.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index("uq_notifications_person", "escalation_id", "official_id", "channel", unique=True),
        Index("ix_notifications_due", "due_at", "id", postgresql_where=DUE),
        Index("ix_notifications_waiting", "official_id", postgresql_where=text("waiting IS NOT NULL")),
        Index("ix_notifications_inbox", "official_id", "id", postgresql_where=text("channel = 'inapp'")),
        Index(
            "ix_notifications_unacknowledged",
            "official_id",
            "id",
            postgresql_where=text("channel = 'inapp' AND acknowledged_at IS NULL"),
        ),
        Index("ix_notifications_failed", "id", postgresql_where=text("state = 'failed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    escalation_id: Mapped[UUID]
    official_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    waiting: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    tried_since: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default="1")

    def acknowledge(self, at: datetime, by: str) -> None:
        """Note that the person has seen it; the first time counts."""
        if self.acknowledged_at is None:
            self.acknowledged_at = at
            self.acknowledged_by = by
            self.version += 1
