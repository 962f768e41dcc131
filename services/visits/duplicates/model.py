"""Merges, and the rule of what counts as similar."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class Merge(Base):
    """An issue that went on in another one: where it went, who said so and why.

    A trigger on the timeline (migration 0007) writes these and lets watchers and links follow, so that whoever
    merges an issue need not know of them."""

    __tablename__ = "merges"
    __table_args__ = (
        Index("ix_merges_into_id", "into_id"),
        CheckConstraint("issue_id <> into_id", name="another"),
    )

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    into_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    client_id: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID | None]
    official_name: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class SimilarityRule(Base):
    """How far back, how alike and how many: what is shown as similar."""

    __tablename__ = "similarity_rules"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    days: Mapped[int] = mapped_column(SmallInteger)
    least_score: Mapped[int] = mapped_column(SmallInteger)
    at_most: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
