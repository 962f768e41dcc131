"""Rows of retention."""

from sqlalchemy import CheckConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base
from services.notifications.retention.rules import SHORTEST


class RetentionRule(Base):
    """How long notices of a kind are kept with their notifications and delivery attempts. With
    `until_acknowledged`, one that nobody has acknowledged is unfinished and stays."""

    __tablename__ = "retention_rules"
    __table_args__ = (CheckConstraint(f"keep_days >= {SHORTEST}", name="keep_days"),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    keep_days: Mapped[int] = mapped_column(SmallInteger)
    until_acknowledged: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
