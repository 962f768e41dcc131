"""Who follows what, as last heard of, and the register of what was done."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class Following(Base):
    """An assignment: an official holds a post for a place."""

    __tablename__ = "followings"
    __table_args__ = (Index(None, "unit_path"), Index(None, "official_id"), Index(None, "place_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID]
    full_name: Mapped[str] = mapped_column(Text)
    post: Mapped[str] = mapped_column(Text)
    post_name_vi: Mapped[str] = mapped_column(Text)
    post_name_en: Mapped[str] = mapped_column(Text)
    attached_to: Mapped[str] = mapped_column(Text)
    place_id: Mapped[UUID]
    place_name: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    hamlet_id: Mapped[UUID | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class FollowedCluster(Base):
    """A cluster of communes of one district; `communes`: [{unit_path, valid_from, valid_to}]."""

    __tablename__ = "followed_clusters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    communes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]


class ActivityEntry(Base):
    """Something an official did for a place on a local day; `ref` is the visit, report … that says more."""

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("ref", "activity", "official_id"),
        Index("ix_activities_official", "official_id", "activity", "unit_path", "day"),
        Index("ix_activities_unit", "unit_path", "activity", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    activity: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    ref: Mapped[UUID]
    note: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
