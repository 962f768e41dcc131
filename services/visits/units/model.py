"""Units and hamlets as last heard of."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, Text
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
