"""Rows of webhook endpoints."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base
from services.notifications.webhooks.rules import KEEP_OLD_SECRET
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class Endpoint(Base):
    """Where the notifications of one official are posted to; of everybody without an endpoint of their own, if it
    names no official."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        Index("uq_webhook_endpoints_official", "official_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID | None]
    url: Mapped[str] = mapped_column(Text)
    sealed_secret: Mapped[str] = mapped_column(Text)
    sealed_old_secret: Mapped[str | None] = mapped_column(Text)
    old_until: Mapped[datetime | None] = mapped_column(Instant)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    inactive_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    @classmethod
    def made(cls, official_id: UUID | None, url: str, sealed: str, by: str) -> "Endpoint":
        """A new endpoint, active."""
        return cls(
            id=uuid7(), official_id=official_id, url=url, sealed_secret=sealed, active=True,
            created_at=clock.now(), created_by=by, version=1,
        )  # fmt: skip

    def change(self, url: str, active: bool) -> None:
        """Post elsewhere, pause or take up again."""
        self.url, self.active = url, active
        self.inactive_reason = None if active else "paused"
        self.version += 1

    def replace_secret(self, sealed: str) -> None:
        """Sign with a new secret, and for a while with the old one, too."""
        self.sealed_old_secret, self.old_until = self.sealed_secret, clock.now() + KEEP_OLD_SECRET
        self.sealed_secret = sealed
        self.version += 1
