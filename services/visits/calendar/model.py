"""Rows of the calendar: the hours of each weekday, and days set by hand."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.calendar.rules import Span
from services.visits.database import Base
from shared import clock


class WorkingHours(Base):
    """A span of working hours of a weekday; Monday is 0."""

    __tablename__ = "working_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="order"),
    )

    weekday: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    opens: Mapped[time] = mapped_column(primary_key=True)
    closes: Mapped[time]
    source: Mapped[str] = mapped_column(Text)


class CalendarOverride(Base):
    """A day that is not as its weekday and the list of holidays say."""

    __tablename__ = "calendar_overrides"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)  # off, working
    hours: Mapped[list[list[str]] | None] = mapped_column(JSONB)  # [["07:30", "11:30"], …]; null: ordinary ones
    note: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @classmethod
    def of(
        cls, day: date, *, kind: str, hours: Sequence[Span] | None, note: str, source: str, by: str
    ) -> "CalendarOverride":
        """A day set now."""
        spans = None if hours is None else [[f"{each.opens:%H:%M}", f"{each.closes:%H:%M}"] for each in hours]
        return cls(day=day, kind=kind, hours=spans, note=note, source=source, set_by=by, set_at=clock.now())

    @property
    def spans(self) -> list[Span] | None:
        """Its hours, if it has hours of its own."""
        if self.hours is None:
            return None
        return [Span(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in self.hours]
