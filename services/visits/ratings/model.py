"""Ratings of cooperation."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.officials.model import Official
from services.visits.units.model import Unit
from shared import clock
from shared.ids import uuid7


class Rating(Base):
    """What a commune says of the cooperation of one official in one month; names as they were then."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("unit_id", "official_id", "month"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        Index(None, "unit_path"),
        Index(None, "official_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID]
    full_name: Mapped[str] = mapped_column(Text)
    month: Mapped[date]  # its first day
    score: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    @classmethod
    def of(
        cls, unit: Unit, unit_name: str, official: Official, month: date, score: int, comment: str | None, by: str
    ) -> "Rating":
        """A new rating."""
        return cls(
            id=uuid7(),
            unit_id=unit.id,
            unit_code=unit.code,
            unit_path=unit.path,
            unit_name=unit_name,
            official_id=official.id,
            full_name=official.full_name,
            month=month,
            score=score,
            comment=comment,
            created_at=clock.now(),
            created_by=by,
            version=1,
        )

    def correct(self, score: int, comment: str | None) -> None:
        """Say it differently."""
        self.score, self.comment = score, comment
        self.version += 1
