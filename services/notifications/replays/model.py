"""Rows of replays, and of what each had sent again."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base
from services.notifications.finding.rules import Wanted
from services.notifications.replays.rules import CHUNK, Asked, WhyNot
from shared import clock
from shared.ids import uuid7
from shared.web.auth import Principal

Instant = DateTime(timezone=True)


class Replay(Base):
    """Somebody had notifications sent again: those of `ids`, or else those that are `wanted`, inside `territories`.

    Carried out chunk by chunk in the order of their ids; `cursor` is the last one looked at, `due_at` is null once
    it is done. `expected` is how many were to be sent again when it began, `left` why how many were not.
    """

    __tablename__ = "replays"
    __table_args__ = (Index("ix_replays_due", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    ids: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    again: Mapped[bool]
    territories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expected: Mapped[int]
    replayed: Mapped[int]
    left: Mapped[dict[str, int]] = mapped_column(JSON)
    cursor: Mapped[UUID | None]
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def begun(cls, asked: Asked, *, reason: str, expected: int) -> "Replay":
        """A new one, of which nothing is done yet."""
        return cls(
            id=uuid7(), at=asked.at, by=asked.who.client_id, reason=reason, wanted=asked.wanted.kept(),
            ids=None if asked.ids is None else [str(each) for each in asked.ids], again=asked.again,
            territories=list(asked.who.territories), expected=expected, replayed=0, left={}, due_at=asked.at,
        )  # fmt: skip

    @property
    def asked(self) -> Asked:
        """What it was asked for."""
        who = Principal(self.by, frozenset(), tuple(self.territories))
        ids = None if self.ids is None else [UUID(each) for each in self.ids]
        return Asked(who, Wanted.read(self.wanted), ids, self.again, self.at)

    def advance(self, last: UUID | None, looked_at: int, replayed: int, left: Counter[WhyNot]) -> None:
        """So many were looked at; fewer than a whole chunk are the last."""
        self.cursor = last or self.cursor
        self.replayed += replayed
        self.left = dict(sorted((Counter(self.left) + Counter({why.value: n for why, n in left.items()})).items()))
        if looked_at < CHUNK:
            self.due_at, self.finished_at = None, clock.now()


class Replayed(Base):
    """A notification that a replay had sent again, and how it stood before."""

    __tablename__ = "replayed_notifications"
    __table_args__ = (Index("ix_replayed_notifications_notification_id", "notification_id"),)

    replay_id: Mapped[UUID] = mapped_column(primary_key=True)
    notification_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
