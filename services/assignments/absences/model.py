"""Rows of absences."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.absences.rules import ALLOWED, LIVE, Move, State
from services.assignments.database import Base
from services.assignments.officials.model import Official
from services.assignments.responsibility import standing
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7


class Absence(Base):
    """An official is away from a day until just before another, and somebody stands in, or nobody does.

    `assignment_ids`: from which assignments; null: from everything. `entered_by`, `decided_by`: clients' ids."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint("substitute_id <> official_id", name="another"),
        CheckConstraint("cardinality(assignment_ids) > 0", name="some"),
        CheckConstraint("state IN ('requested', 'approved', 'refused', 'cancelled')", name="state"),
        Index("ix_absences_in_force", "official_id", postgresql_where=text("state = 'approved'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"), index=True)
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("officials.id"), index=True)
    assignment_ids: Mapped[Sequence[UUID] | None] = mapped_column(ARRAY(Uuid))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reason: Mapped[str]
    note: Mapped[str | None]
    state: Mapped[str]
    entered_by: Mapped[str]
    created_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    version: Mapped[int]
    official: Mapped[Official] = relationship(foreign_keys=[official_id])
    substitute: Mapped[Official | None] = relationship(foreign_keys=[substitute_id])

    @classmethod
    def of(cls, official: Official, substitute: Official | None, entered_by: str, **details: Any) -> "Absence":
        """A request. `details`: assignment_ids, valid_from, valid_to, reason, note."""
        return cls(
            id=uuid7(),
            official=official,
            official_id=official.id,
            substitute=substitute,
            substitute_id=substitute and substitute.id,
            state=State.REQUESTED,
            entered_by=entered_by,
            created_at=clock.now(),
            version=1,
            **details,
        )

    def decide(self, move: Move, by: str, note: str | None = None) -> None:
        """Make a move; raises RuleBroken."""
        state, allowed_from = ALLOWED[move]
        if self.state not in allowed_from:
            raise RuleBroken(f"An absence that is {self.state} cannot be {state}.", field="move")
        if move is Move.CANCEL and self.has_begun and self.state == State.APPROVED:
            raise RuleBroken("It has begun: let it end on another day instead.", field="move")
        self.state, self.decided_by, self.decided_at, self.decision_note = state, by, clock.now(), note

    @property
    def has_begun(self) -> bool:
        """Whether a day of it is over."""
        return self.valid_from < clock.today()

    def end(self, valid_to: date | None) -> None:
        """Let it end on another day; the days that are over stay as they were. Raises RuleBroken."""
        self._check_open()
        over = self.state == State.APPROVED and self.has_begun
        earliest = clock.today() if over else self.valid_from
        if valid_to is not None and (valid_to < earliest or valid_to <= self.valid_from):
            raise RuleBroken("What is over stays as it was: it may end today at the earliest.", field="valid_to")
        if over and self.valid_to is not None and self.valid_to <= clock.today():
            raise RuleBroken("The absence is over.", field="valid_to")
        self.valid_to = valid_to

    def replace(self, substitute: Official | None) -> None:
        """Let another stand in, or nobody; raises RuleBroken once it has begun, for what was, was."""
        self._check_open()
        if self.state == State.APPROVED and self.has_begun:
            raise RuleBroken(
                "It has begun: let it end and enter another with the new substitute.", field="substitute"
            )
        self.substitute = substitute
        self.substitute_id = substitute.id if substitute else None

    def _check_open(self) -> None:
        if self.state not in LIVE:
            raise RuleBroken(f"The absence is {self.state}.")

    def plain(self) -> standing.Absence:
        """What the rules know of it."""
        away = self.substitute
        person = standing.Person(away.id, away.full_name) if away else None
        return standing.Absence(
            self.id, self.official_id, person, self.assignment_ids, self.valid_from, self.valid_to
        )
