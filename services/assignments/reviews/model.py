"""Campaigns, what they look at, and every decision ever taken in them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.assignments.model import Assignment
from services.assignments.database import Base
from services.assignments.documents.model import Document
from services.assignments.officials.model import Official
from services.assignments.reviews.rules import Decision, State
from services.assignments.units.model import Unit
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7


class Campaign(Base):
    """A review of the assignments to some posts inside a unit, to be decided by a deadline. What was decided
    becomes real on one day, by one decision."""

    __tablename__ = "review_campaigns"
    __table_args__ = (CheckConstraint("state IN ('open', 'applied', 'cancelled')", name="state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    posts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    deadline: Mapped[date]
    effective_on: Mapped[date]
    legal_basis: Mapped[str]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    state: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closing_note: Mapped[str | None]
    version: Mapped[int]
    unit: Mapped[Unit] = relationship()
    document: Mapped[Document | None] = relationship()

    @classmethod
    def begun(cls, unit: Unit, posts: Sequence[str], by: str, **details: Any) -> "Campaign":
        """A campaign that begins. `details`: name, deadline, effective_on, legal_basis, document."""
        return cls(
            id=uuid7(),
            unit=unit,
            posts=list(posts),
            state=State.OPEN,
            created_at=clock.now(),
            created_by=by,
            version=1,
            **details,
        )

    def check_open(self) -> None:
        """Raises RuleBroken once it is applied or cancelled."""
        if self.state != State.OPEN:
            raise RuleBroken(f"This campaign is {self.state}.")

    def decide(
        self, item: "Item", decision: Decision, reason: str, official: Official | None, note: str | None, by: str
    ) -> "Decided":
        """Decide on an assignment, or decide otherwise. The campaign is another one from then on, so that nobody
        applies what they have not seen. Raises RuleBroken."""
        self.check_open()
        self.version += 1
        return item.decide(decision, reason, official, note, by)

    def close(self, state: State, by: str, note: str | None) -> None:
        """Apply or cancel it. Raises RuleBroken."""
        self.check_open()
        self.state, self.closed_at, self.closed_by, self.closing_note = state, clock.now(), by, note
        self.version += 1


class Item(Base):
    """An assignment that a campaign looks at, and the decision as it stands. `group_unit_id`: the unit directly
    below the campaign's in which it lies (of a province: the district)."""

    __tablename__ = "review_items"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("review_campaigns.id"), primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    group_unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    decision: Mapped[str | None]
    reason: Mapped[str | None]
    official_id: Mapped[UUID | None] = mapped_column(ForeignKey("officials.id"))
    note: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    version: Mapped[int]
    assignment: Mapped[Assignment] = relationship()
    official: Mapped[Official | None] = relationship()

    @property
    def territory(self) -> Unit:
        """The unit it lies in: of a hamlet, its commune."""
        return self.assignment.territory

    @property
    def path(self) -> str:
        """Of that unit: what lists go by."""
        return self.territory.path

    def decide(
        self, decision: Decision, reason: str, official: Official | None, note: str | None, by: str
    ) -> "Decided":
        """Decide, or decide otherwise; what was decided before is kept."""
        self.decision, self.reason, self.official, self.note = decision, reason, official, note
        self.decided_at, self.decided_by = clock.now(), by
        self.version += 1
        return Decided(
            campaign_id=self.campaign_id,
            assignment_id=self.assignment_id,
            version=self.version,
            decision=decision,
            reason=reason,
            official_id=official.id if official else None,
            decided_at=self.decided_at,
            decided_by=by,
        )


class Decided(Base):
    """A decision as it was taken; never changed."""

    __tablename__ = "review_decisions"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("review_campaigns.id"), primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[str]
    reason: Mapped[str]
    official_id: Mapped[UUID | None] = mapped_column(ForeignKey("officials.id"))
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    assignment: Mapped[Assignment] = relationship()
    official: Mapped[Official | None] = relationship()
