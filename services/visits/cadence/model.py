"""Cadence rules, excused periods, and when to look at each obligation again."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.cadence.rules import Excuse, Period
from services.visits.database import Base
from services.visits.officials.model import Official
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class CadenceRule(Base):
    """Holders of a post do something at least every so many days; `tell_post` is told with them when it is late."""

    __tablename__ = "cadence_rules"
    __table_args__ = (
        CheckConstraint("every_days > 0", name="every_days"),
        CheckConstraint("remind_before >= 0 AND remind_before < every_days", name="remind_before"),
    )

    post: Mapped[str] = mapped_column(Text, primary_key=True)
    activity: Mapped[str] = mapped_column(Text, primary_key=True)
    every_days: Mapped[int] = mapped_column(SmallInteger)
    remind_before: Mapped[int] = mapped_column(SmallInteger)
    tell_post: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    # Which application of a rule set it was last given by; none, or older: a later one takes its place.
    given_by: Mapped[int | None]

    @classmethod
    def of(cls, post: str, activity: str) -> "CadenceRule":
        """A rule that is still to be filled in."""
        return cls(post=post, activity=activity, tell_post=None, version=0)


class Excusal(Base):
    """A period in which an official is excused, everywhere or inside a unit; withdrawn rather than deleted."""

    __tablename__ = "excusals"
    __table_args__ = (
        Index(None, "official_id"),
        CheckConstraint("first_day <= last_day", name="period"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID]
    full_name: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str | None] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str | None] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def of(
        cls, official: Official, unit: tuple[str, str] | None, first: date, last: date, reason: str, by: str
    ) -> "Excusal":
        """A new one; `unit` is (path, full name)."""
        path, name = unit or (None, None)
        return cls(
            id=uuid7(),
            official_id=official.id,
            full_name=official.full_name,
            unit_path=path,
            unit_name=name,
            first_day=first,
            last_day=last,
            reason=reason,
            created_at=clock.now(),
            created_by=by,
            withdrawn_at=None,
            withdrawn_by=None,
        )

    @property
    def excuse(self) -> Excuse:
        """What it means for the cadence."""
        return Excuse(self.official_id, self.unit_path, Period(self.first_day, self.last_day))

    def withdraw(self, by: str) -> None:
        """It no longer counts; saying so again changes nothing."""
        if self.withdrawn_at is None:
            self.withdrawn_at, self.withdrawn_by = clock.now(), by


class Obligation(Base):
    """Something regular that a following asks for, and the local day on which to look at it again."""

    __tablename__ = "obligations"
    __table_args__ = (Index(None, "next_on"),)

    following_id: Mapped[UUID] = mapped_column(primary_key=True)
    activity: Mapped[str] = mapped_column(Text, primary_key=True)
    next_on: Mapped[date]
