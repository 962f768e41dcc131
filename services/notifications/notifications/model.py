"""Rows of notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Index, SmallInteger, Text, false, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base
from services.notifications.notifications.rules import SPARED, State

Instant = DateTime(timezone=True)

# The partial indexes hold what is unfinished or one channel's, so that they stay small beside millions of rows.
DUE = text("due_at IS NOT NULL")
# As the transaction has it that writes the row, see lanes.py.
LANE = text("coalesce(nullif(current_setting('caunoi.lane', true), ''), '0')::smallint")


class Notification(Base):
    """One official told of one notice over one channel.

    `due_at` is null once there is nothing left to do; `reasons` is why this person is told, as routed;
    a reminder gives none. Rows with the same `bundle` go out as one message; one that is `optional` its reader may
    do without. `failed_at` is when it failed first, and others heard of it; `replays` how often somebody had it
    sent again since, and `attempts` counts from the last time on.
    There is no foreign key to notices: checked row by row it costs as much as the insert, and both are
    written by one action in one transaction.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index("uq_notifications_person", "notice_id", "official_id", "channel", unique=True),
        # For who looks at what is pending, whatever its channel: a page of 20,000 rows in 0.2 ms; sorted from the
        # index of the senders it takes 290 ms.
        Index("ix_notifications_due", "due_at", "id", postgresql_where=DUE),
        # For the senders: what one channel cannot get rid of must not lie in another's way.
        Index("ix_notifications_channel_due", "channel", "lane", "due_at", "id", postgresql_where=DUE),
        Index("ix_notifications_waiting", "official_id", postgresql_where=text("waiting IS NOT NULL")),
        # For the inbox and for the log: mail and inbox row of one person lie side by side, so it costs little more.
        Index("ix_notifications_official", "official_id", "id"),
        Index("ix_notifications_created_at", "created_at", "id"),
        Index(
            "ix_notifications_error",
            "error_words",
            postgresql_using="gin",
            postgresql_where=text("error_words IS NOT NULL"),
        ),
        Index(
            "ix_notifications_unacknowledged",
            "official_id",
            "id",
            postgresql_where=text("channel = 'inapp' AND acknowledged_at IS NULL"),
        ),
        Index("ix_notifications_bundle", "bundle", postgresql_where=text("bundle IS NOT NULL")),
        Index("ix_notifications_failed", "id", postgresql_where=text("state = 'failed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID]
    official_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    full_name: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Text)
    lane: Mapped[int] = mapped_column(SmallInteger, server_default=LANE)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    bundle: Mapped[UUID | None]
    optional: Mapped[bool] = mapped_column(server_default=false())
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    waiting: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    tried_since: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)
    error_words: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)  # what they said last, if more than that they have seen it
    replays: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # When this was the last of what could have reached them but the inbox; kept, whatever reaches them later.
    unreached_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(server_default="1")

    def acknowledge(self, at: datetime, by: str, answer: str | None, version: int) -> None:
        """The person has seen it, and may have it in hand (`answer`)."""
        self.acknowledged_at, self.acknowledged_by = at, by
        self.answer, self.version = answer, version

    def can_be_spared(self, at: datetime) -> bool:
        """Whether it need not ask a person any more who has acknowledged the matter: it is held back for later.
        What is due, or on its way, goes out."""
        held = self.due_at is not None and self.due_at > at
        on_its_way = self.lease_until is not None and self.lease_until > at
        acknowledged = self.acknowledged_at is not None
        return acknowledged and self.state == State.PENDING and held and not on_its_way and self.channel in SPARED

    def let_go(self, answer: str, version: int) -> None:
        """The person does not have it in hand."""
        self.acknowledged_at = self.acknowledged_by = None
        self.answer, self.version = answer, version
