"""Units as last heard of."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class Unit(Base):
    """An administrative unit of its time: codes are used again."""

    __tablename__ = "units"
    __table_args__ = (Index("ix_units_code", "code"), Index("ix_units_path", "path"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text(collation="C"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]
