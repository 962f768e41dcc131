"""Rows of alarms."""

from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base

Instant = DateTime(timezone=True)


class Alarm(Base):
    """Something is wrong since then. Whoever saw it says so again and again: an alarm nobody repeats is over."""

    __tablename__ = "alarms"

    source: Mapped[str] = mapped_column(Text, primary_key=True)  # a channel, or what else looks
    name: Mapped[str] = mapped_column(Text, primary_key=True)  # such as a provider
    detail: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)  # when the operator got mail about it
