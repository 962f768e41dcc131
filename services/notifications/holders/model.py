"""Assignments as last heard of."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class Holder(Base):
    """An official holds a post for a place; `unit_path` is where the place lies, `folded` the name as searched."""

    __tablename__ = "holders"
    __table_args__ = (Index("ix_holders_unit_path", "unit_path"), Index("ix_holders_official_id", "official_id"))

    assignment_id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID]
    full_name: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    post: Mapped[str] = mapped_column(Text)
    post_name_vi: Mapped[str] = mapped_column(Text)
    post_name_en: Mapped[str] = mapped_column(Text)
    attached_to: Mapped[str] = mapped_column(Text)  # a level's code, cluster or hamlet
    place_id: Mapped[UUID]
    place_name: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    legal_basis: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]
