"""Rows of coverage."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.coverage.rules import score
from services.assignments.database import Base


class CoverageLimit(Base):
    """A number that coverage goes by, with the decision it rests on; rows are edited, not added."""

    __tablename__ = "coverage_limits"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    source: Mapped[str]
    version: Mapped[int]

    def change(self, amount: int, source: str) -> None:
        """Set it anew."""
        self.amount, self.source = amount, source
        self.version += 1


class CoverageSnapshot(Base):
    """How a unit that has units below it was covered on a day, as last looked at on that day."""

    __tablename__ = "coverage_snapshots"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    required: Mapped[int]
    covered: Mapped[int]
    absent: Mapped[int]
    uncovered_units: Mapped[int]

    @property
    def score(self) -> float | None:
        """Per cent of the posts needed in which somebody acted; None where none was needed."""
        return score(self.required, self.covered)
