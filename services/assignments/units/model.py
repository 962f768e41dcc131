"""Administrative units and their levels and kinds, which are rows: the number of tiers is data."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base
from services.assignments.validity import is_valid


class Level(Base):
    """A tier of the administration: province, district, commune. `rank` grows downwards."""

    __tablename__ = "levels"

    code: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int] = mapped_column(unique=True)
    code_length: Mapped[int]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]


class Kind(Base):
    """What a unit is called by law at its level: tỉnh, huyện, thị xã, xã, đặc khu …"""

    __tablename__ = "unit_kinds"

    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(ForeignKey("levels.code"))
    name_vi: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]


class Unit(Base):
    """A unit under one code during one validity, [valid_from, valid_to). The same code may later name another
    place (28789 was Xã Bình Phú, then Phường Bến Tre), so the key is the code and the first day.

    One that ended on its first day never was: it began by a reorganisation that was undone."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        # A second guard behind the importer's overlap check: one open unit a code.
        Index("uq_units_code_open", "code", unique=True, postgresql_where=text("valid_to IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    folded: Mapped[str]
    kind: Mapped[str] = mapped_column(ForeignKey("unit_kinds.code"))
    level: Mapped[str] = mapped_column(ForeignKey("levels.code"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    # Collation C, so that "inside this territory" is an index range whatever the server's locale.
    path: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    province_code: Mapped[str]
    province_abbreviation: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # Where its open work went when it ended.
    succeeded_by: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    version: Mapped[int]

    def is_valid(self, at: date) -> bool:
        """Whether the unit exists on that day; `valid_to` is the first day it no longer does."""
        return is_valid(self, at)
