"""Information requests and their history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.history import Done
from services.visits.information import rules
from services.visits.information.rules import Move, State
from services.visits.reports.rules import Deadline, next_chase
from services.visits.units.model import Unit
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class InformationDeadline(Base):
    """By when a request is answered unless it says a day, and when it is chased."""

    __tablename__ = "information_deadlines"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    due_days: Mapped[int] = mapped_column(SmallInteger)
    remind_before_days: Mapped[int] = mapped_column(SmallInteger)
    chase_every_days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)

    def as_rule(self) -> Deadline:
        """As the rules take it."""
        return Deadline(self.due_days, self.remind_before_days, self.chase_every_days)


class InformationRequest(Base):
    """What a commune is asked and what it answered; `chase_at`: when those concerned are reminded next."""

    __tablename__ = "information_requests"
    __table_args__ = (
        Index("ix_information_requests_newest", "asked_at", "id"),
        Index("ix_information_requests_unit_path", "unit_path", "asked_at"),
        Index("ix_information_requests_chase_at", "chase_at", "id", postgresql_where=text("chase_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID | None]  # who asks, if an official does
    official_name: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str | None] = mapped_column(Text)  # who speaks for the commune
    files: Mapped[list[str]] = mapped_column(JSONB)
    chase_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def ask(
        cls, unit: Unit, unit_name: str, question: str, due_on: date, official: Any, deadline: Deadline, *, by: str
    ) -> "InformationRequest":
        """A new request; `official` has id and full_name, or is None."""
        return cls(
            id=uuid7(),
            version=1,
            state=State.OPEN,
            unit_id=unit.id,
            unit_code=unit.code,
            unit_path=unit.path,
            unit_name=unit_name,
            question=question,
            official_id=official.id if official else None,
            official_name=official.full_name if official else None,
            asked_at=clock.now(),
            asked_by=by,
            due_on=due_on,
            answer=None,
            answered_at=None,
            answered_by=None,
            files=[],
            chase_at=next_chase(due_on, clock.today(), deadline),
        )

    def move(self, move: Move, given: dict[str, Any], deadline: Deadline) -> None:
        """Go on as the table says; `given` was checked by `rules.check_details`. Raises RuleBroken."""
        self.state = rules.after(State(self.state), move)
        self.version += 1
        if move in (Move.EXTEND, Move.ASK_AGAIN):
            self.due_on = given["due_on"]
        if move == Move.ANSWER:
            self.answer, self.answered_by, self.answered_at = given["text"], given["by"], clock.now()
            self.files = [str(each) for each in given["files"]]
        elif move == Move.ASK_AGAIN:
            self.answer = self.answered_by = self.answered_at = None
            self.files = []
        waiting = self.state == State.OPEN
        self.chase_at = next_chase(self.due_on, clock.today(), deadline) if waiting else None


class InformationMove(Done):
    """One thing that was done to a request, by whom and why; `data` keeps answers and days as they were."""

    __tablename__ = "information_moves"
    __table_args__ = (Index(None, "subject_id", "at"),)

    subject_id: Mapped[UUID] = mapped_column(ForeignKey("information_requests.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
