"""Doubts as they were raised, and how they were settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base
from services.assignments.doubts.rules import Outcome
from shared import clock
from shared.errors import RuleBroken

Instant = DateTime(timezone=True)


class Doubt(Base):
    """An official said that what they were told is not theirs.

    `held`: the posts they were told for, as [{assignment_id, post, place}]; none if they hold none there any more.
    `fell_to`: [{official_id, full_name}] who were told instead; empty if nobody was sought or found.
    """

    __tablename__ = "doubts"
    __table_args__ = (
        Index("ix_doubts_unit_path", "unit_path"),
        Index("ix_doubts_official_id", "official_id"),
        Index("ix_doubts_open", "id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    escalation_id: Mapped[UUID]
    issue_id: Mapped[UUID]
    issue_code: Mapped[str]
    official_id: Mapped[UUID]
    full_name: Mapped[str]
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    reason: Mapped[str]
    held: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    fell_to: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    raised_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[str | None]
    outcome: Mapped[str | None]
    note: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def raised(
        cls, fact: dict[str, Any], held: Sequence[dict[str, Any]], fell_to: Sequence[dict[str, Any]]
    ) -> "Doubt":
        """A doubt as the data of escalation.declined tell of it."""
        names = (
            "escalation_id", "issue_id", "issue_code", "official_id", "full_name", "unit_path", "reason",
        )  # fmt: skip
        told = {name: fact[name] for name in names}
        at = fact["declined_at"]
        return cls(id=fact["decline_id"], held=list(held), fell_to=list(fell_to), raised_at=at, version=1, **told)

    def settle(self, outcome: Outcome, note: str | None, by: str) -> None:
        """Say what became of it. Raises RuleBroken when that was said before."""
        if self.settled_at is not None:
            raise RuleBroken("The doubt is settled already.")
        self.outcome, self.note, self.settled_by, self.settled_at = outcome, note, by, clock.now()
        self.version += 1
