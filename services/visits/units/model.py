"""Units and hamlets as last heard of."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.units import rules
from shared.text import fold


class Unit(Base):
    """An administrative unit of its time: key on (code, valid_from), for codes are used again."""

    __tablename__ = "units"
    __table_args__ = (Index(None, "code"), Index(None, "path"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text(collation="C"))  # C: a prefix match can use the index
    province_code: Mapped[str] = mapped_column(Text)
    province_abbreviation: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    folded: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    def exists_on(self, day: date) -> bool:
        """Whether it is there on that day."""
        return rules.exists_on(day, self.valid_from, self.valid_to)

    @staticmethod
    def folded_of(code: str, name: str) -> str:
        """What a look-up is matched with."""
        return f"{code} {fold(name)}"


class Hamlet(Base):
    """A hamlet (ấp, khu phố) under a commune; it has no national code."""

    __tablename__ = "hamlets"
    __table_args__ = (Index(None, "unit_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]

    def exists_on(self, day: date) -> bool:
        """Whether it is there on that day."""
        return rules.exists_on(day, self.valid_from, self.valid_to)


class Succession(Base):
    """Where the open work of a unit goes from a day on. `heir` and each of `hamlets` are as the event
    unit.succeeded has them; `move_at`: when open work is looked for (again), None once that is done."""

    __tablename__ = "successions"
    __table_args__ = (
        Index(None, "unit_path"),
        Index("ix_successions_move_at", "move_at", postgresql_where=text("move_at IS NOT NULL")),
    )

    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)
    reorganisation_id: Mapped[UUID]
    effective_on: Mapped[date]
    undone: Mapped[bool]
    check: Mapped[bool]
    heir: Mapped[dict[str, Any]] = mapped_column(JSONB)
    hamlets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    version: Mapped[int]
    move_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
