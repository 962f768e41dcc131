"""Escalations, the people told, and the steps there are."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.issues.model import Issue
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class Escalation(Base):
    """An issue carried to those responsible at a step; routed by assignments, then acknowledged by one of them."""

    __tablename__ = "escalations"
    __table_args__ = (Index(None, "issue_id", "escalated_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"))
    step: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[date]  # the local day: who is responsible is asked for that day
    escalated_at: Mapped[datetime] = mapped_column(Instant)
    escalated_by: Mapped[str] = mapped_column(Text)
    routed_at: Mapped[datetime | None] = mapped_column(Instant)
    vacancies: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[UUID | None]
    acknowledged_by_name: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def of(cls, issue: Issue, *, reason: str, by: str) -> "Escalation":
        """The escalation of an issue to the step it now stands at."""
        now = clock.now()
        return cls(
            id=uuid7(),
            issue_id=issue.id,
            step=issue.step,
            reason=reason,
            at=clock.local_date(now),
            escalated_at=now,
            escalated_by=by,
            routed_at=None,
            vacancies=[],
            acknowledged_at=None,
            acknowledged_by=None,
            acknowledged_by_name=None,
        )


class Recipient(Base):
    """A person told of an escalation, and what they have said: that they have seen it, will handle it, have handed
    it over, that it is not theirs, or that they take back having acknowledged it (see `standing.Answer`).

    `version` is that of the newest thing they said. It may be heard before the routing is: then the reasons are
    still empty; of whom it was handed over to they stay so, and `handed_by` says who did. Who could not be reached
    may have said something since.
    """

    __tablename__ = "escalation_recipients"

    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalations.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_over: Mapped[str | None] = mapped_column(Text)  # channel: email, in_app
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_reason: Mapped[str | None] = mapped_column(Text)
    answer_to: Mapped[str | None] = mapped_column(Text)  # the name of whom it was handed over, or back, to
    handed_by: Mapped[str | None] = mapped_column(Text)  # the name of who handed it over
    unreached_at: Mapped[datetime | None] = mapped_column(Instant)  # no channel but the inbox was left
    version: Mapped[int] = mapped_column(server_default="0")


class EscalationStep(Base):
    """A step of the ladder: who is told at it is decided by the follow-rules of the assignments service.

    Unless one of them acknowledges in `climb_after`, or something follows that in `follow_after`, the issue climbs;
    at the last step they are reminded. null: it stays as it is.
    """

    __tablename__ = "escalation_steps"

    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    climb_after: Mapped[int | None] = mapped_column(SmallInteger)
    follow_after: Mapped[int | None] = mapped_column(SmallInteger)
    measure: Mapped[str] = mapped_column(Text)  # working_hours, working_days, days
    times_source: Mapped[str] = mapped_column(Text)
