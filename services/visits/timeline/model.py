"""Rows of the timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class TimelineEntry(Base):
    """One thing that happened to an issue.

    `ref` is what the line is about (the issue, an escalation, a notification): with kind and instant it is
    the key, so that the same fact heard twice stands on the timeline once, and the key is also the order read.
    """

    __tablename__ = "timeline"

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    ref: Mapped[UUID] = mapped_column(primary_key=True)
    actor_kind: Mapped[str] = mapped_column(Text)  # client, official or system
    actor_id: Mapped[str | None] = mapped_column(Text)
    actor_name: Mapped[str | None] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
