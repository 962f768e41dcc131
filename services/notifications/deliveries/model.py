"""Rows of delivery attempts, and the counters behind /metrics."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Float, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class DeliveryAttempt(Base):
    """One try to hand a notification to a provider. No foreign key, for the reason Notification gives."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (Index("ix_delivery_attempts_at", "at", "id"),)

    notification_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # time-ordered
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    provider: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    code: Mapped[int | None] = mapped_column(SmallInteger)  # of the SMTP reply or the HTTP answer
    answer: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float] = mapped_column(Float)
    recipient: Mapped[str | None] = mapped_column(Text)  # what was asked of the provider, see asked.py
    message_id: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None]
    method: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)


class DeliveryCount(Base):
    """How many deliveries ended how: bumped once per chunk, because counting millions of rows is no metric."""

    __tablename__ = "delivery_counts"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)


class LatenessCount(Base):
    """How many messages were accepted that late: over the next smaller `le`, up to `le` seconds after due."""

    __tablename__ = "lateness_counts"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    le: Mapped[float] = mapped_column(Float, primary_key=True)  # infinity for the last
    total: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)
