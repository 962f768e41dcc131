"""Situation reports, their history, and the rows that rule them."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.history import Done
from services.visits.reports import rules
from services.visits.reports.rules import Move, Period, State
from services.visits.units.model import Hamlet, Unit
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class Section(Base):
    """What a report must speak of."""

    __tablename__ = "report_sections"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)


class ReportDeadline(Base):
    """When the reports of a period are due and chased."""

    __tablename__ = "report_deadlines"

    period: Mapped[str] = mapped_column(Text, primary_key=True)
    due_days: Mapped[int] = mapped_column(SmallInteger)
    remind_before_days: Mapped[int] = mapped_column(SmallInteger)
    chase_every_days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)

    def as_rule(self) -> rules.Deadline:
        """As the rules take it."""
        return rules.Deadline(self.due_days, self.remind_before_days, self.chase_every_days)


class Receiver(Base):
    """A post that receives reports where the posts before it are vacant."""

    __tablename__ = "report_receivers"

    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    post: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class SituationReport(Base):
    """What an official reports of a place for a period. Names are those of its time; `chase_at` is when its
    author is reminded next, None once nothing is owed."""

    __tablename__ = "situation_reports"
    __table_args__ = (
        UniqueConstraint(
            "official_id",
            "unit_id",
            "hamlet_id",
            "period",
            "first_day",
            name="uq_situation_reports_once",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_situation_reports_newest", "first_day", "id"),
        Index("ix_situation_reports_unit_path", "unit_path", "first_day"),
        Index("ix_situation_reports_chase_at", "chase_at", "id", postgresql_where=text("chase_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID]
    official_name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)
    hamlet_id: Mapped[UUID | None]
    hamlet_name: Mapped[str | None] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    due_on: Mapped[date]
    sections: Mapped[dict[str, str]] = mapped_column(JSONB)
    figures: Mapped[dict[str, int]] = mapped_column(JSONB)
    receivers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    vacant: Mapped[list[str]] = mapped_column(JSONB)  # posts that would have received it
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    chase_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def opened(
        cls,
        unit: Unit,
        unit_name: str,
        hamlet: Hamlet | None,
        official: Any,
        period: Period,
        day: date,
        deadline: ReportDeadline,
        *,
        by: str,
    ) -> "SituationReport":
        """An empty draft about the period that holds `day`; `official` has id and full_name."""
        first_day, last_day = rules.bounds(period, day)
        due_on = last_day + timedelta(days=deadline.due_days)
        return cls(
            id=uuid7(),
            version=1,
            state=State.DRAFT,
            official_id=official.id,
            official_name=official.full_name,
            unit_id=unit.id,
            unit_code=unit.code,
            unit_path=unit.path,
            unit_name=unit_name,
            hamlet_id=hamlet.id if hamlet else None,
            hamlet_name=hamlet.name if hamlet else None,
            period=period,
            first_day=first_day,
            last_day=last_day,
            due_on=due_on,
            sections={},
            figures={},
            receivers=[],
            vacant=[],
            created_at=clock.now(),
            created_by=by,
            submitted_at=None,
            chase_at=rules.next_chase(due_on, clock.today(), deadline.as_rule()),
        )

    def write(self, sections: dict[str, str]) -> None:
        """Set what some sections say. Raises RuleBroken once it lies with its receivers."""
        if self.state not in rules.WRITABLE:
            raise RuleBroken(
                f"A report that is {self.state} cannot be written; take it back first.", state=self.state
            )
        self.sections = self.sections | sections
        self.version += 1

    def move(self, move: Move, deadline: ReportDeadline) -> None:
        """Go on as the table says; raises RuleBroken."""
        self.state = rules.after(State(self.state), move)
        owed = self.state in rules.WRITABLE
        self.chase_at = rules.next_chase(self.due_on, clock.today(), deadline.as_rule()) if owed else None
        self.submitted_at = None if owed else self.submitted_at or clock.now()
        self.version += 1

    @property
    def place_name(self) -> str:
        """The hamlet, if it is about one, and the commune."""
        return ", ".join(filter(None, (self.hamlet_name, self.unit_name)))


class ReportMove(Done):
    """One thing that was done to a report, by whom and why."""

    __tablename__ = "report_moves"
    __table_args__ = (Index(None, "subject_id", "at"),)

    subject_id: Mapped[UUID] = mapped_column(ForeignKey("situation_reports.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
