"""Visits, who goes, what was done to them, what they may be for, and calendar feeds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Double, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.history import Done
from services.visits.visits import rules
from services.visits.visits.rules import Move, Role, State
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class VisitPurpose(Base):
    """What a visit may be for, and how long to wait: until it counts as missed, until it should be closed."""

    __tablename__ = "visit_purposes"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    grace_hours: Mapped[int] = mapped_column(SmallInteger)
    close_hours: Mapped[int] = mapped_column(SmallInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class Visit(Base):
    """A visit to a commune, with the place as it was called when it was planned.

    `due_at` is when it is looked at by itself: a planned one was then missed, one carried out should be closed.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_newest", "starts_at", "id"),
        Index("ix_visits_unit_path", "unit_path", "starts_at"),
        Index("ix_visits_unit_id", "unit_id", "starts_at"),
        Index("ix_visits_due_at", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    sequence: Mapped[int]  # of the calendar entry: grows when those who go must look again (RFC 5545)
    state: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(ForeignKey("visit_purposes.code"))
    subject: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    meeting_place: Mapped[str | None] = mapped_column(Text)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)
    hamlet_id: Mapped[UUID | None]
    hamlet_name: Mapped[str | None] = mapped_column(Text)
    official_id: Mapped[UUID]  # who leads
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    carried_out_at: Mapped[datetime | None] = mapped_column(Instant)  # when that was noted
    attendance: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    attended: Mapped[int | None]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    summary: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    no_feedback_reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def plan(cls, unit: Any, unit_name: str, hamlet: Any, given: dict[str, Any], grace: int, *, by: str) -> "Visit":
        """A new visit; `given` is what VisitInput loads, `grace` the hours until it counts as missed."""
        now = clock.now()
        told = ("purpose", "subject", "note", "meeting_place", "starts_at", "ends_at")
        return cls(
            id=uuid7(),
            version=1,
            sequence=0,
            state=State.PLANNED,
            **{name: given[name] for name in told},
            unit_id=unit.id,
            unit_code=unit.code,
            unit_path=unit.path,
            unit_name=unit_name,
            hamlet_id=hamlet.id if hamlet else None,
            hamlet_name=hamlet.name if hamlet else None,
            official_id=given["official"],
            due_at=given["ends_at"] + timedelta(hours=grace),
            created_at=now,
            created_by=by,
            changed_at=now,
            carried_out_at=None,
            attendance=[],
            attended=None,
            latitude=None,
            longitude=None,
            summary=None,
            closed_at=None,
            no_feedback_reason=None,
        )

    def reschedule(self, starts_at: datetime, ends_at: datetime, grace: int) -> None:
        """Let it take place at another time; raises RuleBroken."""
        self._move(Move.RESCHEDULE)
        self.sequence += 1
        self.starts_at, self.ends_at = starts_at, ends_at
        self.due_at = ends_at + timedelta(hours=grace)

    def cancel(self) -> None:
        """It will not take place; raises RuleBroken."""
        self._move(Move.CANCEL)
        self.sequence += 1
        self.due_at = None

    def miss(self) -> None:
        """Its time and the grace have passed and nobody said that it took place; raises RuleBroken."""
        self._move(Move.MISS)
        self.due_at = None

    def carry_out(self, attendance: list[dict[str, Any]], given: dict[str, Any], close_hours: int) -> None:
        """It took place; `given` is what CarryOutInput loads. Raises RuleBroken, or BadInput naming `attended`."""
        now = clock.now()
        rules.after(State(self.state), Move.CARRY_OUT)
        rules.check_begun(self.starts_at, now)
        attended = rules.check_attendance(attendance, given["attended"])
        self._move(Move.CARRY_OUT)
        self.attended, self.attendance = attended, attendance
        self.summary, self.carried_out_at = given["summary"], now
        if given["location"]:
            self.latitude, self.longitude = given["location"]["latitude"], given["location"]["longitude"]
        self.due_at = now + timedelta(hours=close_hours)

    def close(self, feedback: int, no_feedback_reason: str | None) -> None:
        """It led to so much feedback, or to none for a reason; raises RuleBroken, BadInput."""
        rules.after(State(self.state), Move.CLOSE)
        rules.check_closing(feedback, no_feedback_reason)
        self._move(Move.CLOSE)
        self.closed_at, self.no_feedback_reason, self.due_at = clock.now(), no_feedback_reason, None

    def _move(self, move: Move) -> None:
        self.state = rules.after(State(self.state), move)
        self.version += 1
        self.changed_at = clock.now()


class VisitOfficial(Base):
    """A person who goes on a visit, by the name of the day it was planned."""

    __tablename__ = "visit_officials"
    __table_args__ = (Index(None, "official_id"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def of(cls, visit: Visit, official: Any, role: Role, organisation: str | None = None) -> "VisitOfficial":
        """`official` goes on the visit."""
        return cls(
            visit_id=visit.id,
            official_id=official.id,
            full_name=official.full_name,
            role=role,
            organisation=organisation,
        )


class VisitMove(Done):
    """One thing that was done to a visit, by whom and why; `data` keeps the times before, and clashes allowed."""

    __tablename__ = "visit_moves"
    __table_args__ = (Index(None, "visit_id", "at"),)

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"))
    client_id: Mapped[str | None] = mapped_column(Text)  # none: it happened by itself
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)


class CalendarFeed(Base):
    """A secret address at which a calendar reads an official's visits; of the secret only its hash is kept.

    It shows what the token that made it could see, whatever becomes of that token.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (Index(None, "official_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID]
    official_name: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[str] = mapped_column(Text, unique=True)
    territories: Mapped[list[str]] = mapped_column(JSONB)
    revoked: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[str | None] = mapped_column(Text)
