"""Rows of given words."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base

Instant = DateTime(timezone=True)


class Template(Base):
    """One version of the words of an event, for a channel, in a language; the newest is in use. `fields` null: the
    built-in ones are. One that could not say something is `broken` and out of use."""

    __tablename__ = "templates"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    event: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    restored_from: Mapped[int | None]  # 0: the built-in ones
    note: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(Text)
    broken_at: Mapped[datetime | None] = mapped_column(Instant)
    broken_reason: Mapped[str | None] = mapped_column(Text)
