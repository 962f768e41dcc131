"""Policies, and the timers they set."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base

Instant = DateTime(timezone=True)

# Which timers are waited for, each with an index of its own; written as text, for a parameter would hide the index.
_RUNS = "timers.done_at IS NULL AND timers.fired_at IS NULL AND timers.paused_at IS NULL"
TO_CLIMB = f"{_RUNS} AND timers.climbs"
TO_NOTE = f"{_RUNS} AND NOT timers.climbs"
TO_WARN = f"{_RUNS} AND timers.warn_at IS NOT NULL AND timers.warned_at IS NULL"


def _index(name: str, column: str, condition: str) -> Index:
    return Index(name, column, postgresql_where=text(condition.replace("timers.", "")))


class SlaPolicy(Base):
    """By when a target is due for issues like these; a fact that is null does not matter."""

    __tablename__ = "sla_policies"
    __table_args__ = (
        CheckConstraint("target IN ('first_response', 'acceptance', 'resolution')", name="target"),
        CheckConstraint("measure IN ('working_hours', 'working_days', 'days')", name="measure"),
        CheckConstraint("amount > 0 AND warn_hours >= 0", name="amount"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    target: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[str | None] = mapped_column(Text)
    tier: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(SmallInteger)
    measure: Mapped[str] = mapped_column(Text)
    warn_hours: Mapped[int] = mapped_column(SmallInteger)
    climbs: Mapped[bool]
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)


class Timer(Base):
    """What an issue waits for, one row a target: arming it again starts it anew.

    It is changed only by those who hold the lock of its issue. Each index holds what is waited for and no more, so
    that looking for what is due costs what is due.
    """

    __tablename__ = "timers"
    __table_args__ = (
        _index("ix_timers_climb", "due_at", TO_CLIMB),
        _index("ix_timers_note", "due_at", TO_NOTE),
        _index("ix_timers_warn", "warn_at", TO_WARN),
    )

    issue_id: Mapped[UUID] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(Text, primary_key=True)
    policy: Mapped[str | None] = mapped_column(Text)  # its code; null: set by the ladder
    step: Mapped[int | None] = mapped_column(SmallInteger)  # of the ladder, where the issue stood
    climbs: Mapped[bool]
    armed_at: Mapped[datetime] = mapped_column(Instant)
    warn_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    warned_at: Mapped[datetime | None] = mapped_column(Instant)
    fired_at: Mapped[datetime | None] = mapped_column(Instant)  # when it was seen to be overdue
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    pause_reason: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(Text)


# What is given for a new timer; all else is null.
GIVEN = ("issue_id", "target", "policy", "step", "climbs", "armed_at", "warn_at", "due_at")
