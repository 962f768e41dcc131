"""Rows of preferences, and of what holds for the whole organisation."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, DateTime, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.contacts.rules import Channel
from services.notifications.database import Base
from services.notifications.preferences.rules import Importance, Rule, default_wishes
from shared import clock


class Preference(Base):
    """What one official wishes; who has no row is told of everything at once, by e-mail and in the inbox."""

    __tablename__ = "preferences"

    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str | None] = mapped_column(Text)  # null: as the contact says
    wishes: Mapped[dict[str, Any]] = mapped_column(JSONB)  # as PreferencesInput has it, without the language
    version: Mapped[int]
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_by: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def default(cls, official_id: UUID) -> "Preference":
        """What holds for who has no row."""
        return cls(official_id=official_id, language=None, wishes=default_wishes(), version=0)

    def change(self, wishes: dict[str, Any], language: str | None, by: str) -> None:
        """Wish something else."""
        self.wishes, self.language = wishes, language
        self.version += 1
        self.changed_at, self.changed_by = clock.now(), by


class TellingRule(Base):
    """How much notices of a kind matter (`detail`: an escalation's severity, a reminder's kind, or any), and the
    channels by which they go whatever an official wishes."""

    __tablename__ = "telling_rules"
    __table_args__ = (
        CheckConstraint("longest_wait_hours >= 0", name="longest_wait_hours"),
        CheckConstraint("raised_from_step >= 1", name="raised_from_step"),
    )

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    detail: Mapped[str] = mapped_column(Text, primary_key=True)
    importance: Mapped[str] = mapped_column(Text)
    raised_from_step: Mapped[int | None] = mapped_column(SmallInteger)
    floor: Mapped[list[str]] = mapped_column(JSONB)
    longest_wait_hours: Mapped[int | None] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    @classmethod
    def of(cls, kind: str, detail: str) -> "TellingRule":
        """A rule that is still to be filled in."""
        return cls(kind=kind, detail=detail, version=0)

    @property
    def rule(self) -> Rule:
        """As the rules have it."""
        hours = self.longest_wait_hours
        return Rule(
            Importance(self.importance),
            self.raised_from_step,
            tuple(Channel(each) for each in self.floor),
            None if hours is None else timedelta(hours=hours),
        )


class TellingSettings(Base):
    """What holds for all telling: by which clock, and when many notices from one place become one message: from the
    `storm_from`th within `storm_within` seconds on, what comes in the next `storm_gather` seconds goes together. An
    official who is not known here yet is waited for `unknown_for` seconds before others are told in their place."""

    __tablename__ = "telling_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint("storm_from >= 2", name="storm_from"),
        CheckConstraint("storm_within >= 1 AND storm_gather >= 1", name="storm_seconds"),
        CheckConstraint("unknown_for >= 0", name="unknown_for"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    time_zone: Mapped[str] = mapped_column(Text)
    storm_from: Mapped[int]
    storm_within: Mapped[int]
    storm_gather: Mapped[int]
    unknown_for: Mapped[int] = mapped_column(server_default="300")
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    @property
    def zone(self) -> ZoneInfo:
        """The clock that quiet hours and digest times are read off."""
        return ZoneInfo(self.time_zone)
