"""Scopes and charges of posts, and which mandates were studied."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class PostScope(Base):
    """What a holder of the post follows, unless the assignment says it in its own words."""

    __tablename__ = "post_scopes"

    post_code: Mapped[str] = mapped_column(ForeignKey("posts.code"), primary_key=True)
    text_vi: Mapped[str]
    text_en: Mapped[str]
    source: Mapped[str]
    version: Mapped[int]


class PostCharge(Base):
    """A duty or a power of a post. `activity` is the kind of activity that shows it was exercised."""

    __tablename__ = "post_charges"
    __table_args__ = (CheckConstraint("kind IN ('duty', 'power')", name="kind"),)

    post_code: Mapped[str] = mapped_column(ForeignKey("posts.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    text_vi: Mapped[str]
    text_en: Mapped[str]
    activity: Mapped[str | None]
    active: Mapped[bool]
    source: Mapped[str]
    version: Mapped[int]


class MandateReading(Base):
    """The holder of an assignment has studied its mandate."""

    __tablename__ = "mandate_readings"

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_by: Mapped[str]
