"""Reorganisations, the units and successions of their lists, and the items of their plans."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base
from services.assignments.reorganisations.rules import State
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class Reorganisation(Base):
    """A plan, then the deed. `counts` are those of the list; `refusal` says why an undo was refused last."""

    __tablename__ = "reorganisations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    legal_basis: Mapped[str]
    effective_on: Mapped[date]
    state: Mapped[str]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str]
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_by: Mapped[str | None]
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str | None]
    undo_reason: Mapped[str | None]
    refusal: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def planned(cls, name: str, legal_basis: str, effective_on: date, by: str) -> "Reorganisation":
        """A new plan."""
        return cls(
            id=uuid7(),
            name=name,
            legal_basis=legal_basis,
            effective_on=effective_on,
            state=State.PLANNED,
            counts={},
            created_at=clock.now(),
            created_by=by,
            version=1,
        )

    def go(self, to: State, *, of: tuple[State, ...], why: str) -> None:
        """Go to a state from one of these; raises RuleBroken saying `why`."""
        if self.state not in of:
            raise RuleBroken(why, state=self.state)
        self.state = to
        self.version += 1


class ListedUnit(Base):
    """A unit that begins, as the list has it; `unit_id` once it has begun."""

    __tablename__ = "reorganisation_units"

    reorganisation_id: Mapped[UUID] = mapped_column(ForeignKey("reorganisations.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    predecessors: Mapped[int]  # rows of the list that lead to it
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))


class Succession(Base):
    """An old unit goes to a new one, whole or in part, as the list has it."""

    __tablename__ = "reorganisation_successions"

    reorganisation_id: Mapped[UUID] = mapped_column(ForeignKey("reorganisations.id"), primary_key=True)
    old_code: Mapped[str] = mapped_column(primary_key=True)
    new_code: Mapped[str] = mapped_column(primary_key=True)
    whole: Mapped[bool]


class Item(Base):
    """What becomes of one thing: as proposed (`default_*`), as decided (`chosen_*`), and, once it is done, what it
    was before (`former`) and what it has become (`new_id`)."""

    __tablename__ = "reorganisation_items"
    __table_args__ = (
        UniqueConstraint("reorganisation_id", "kind", "subject_id"),
        Index("ix_reorganisation_items_list", "reorganisation_id", "kind", "id"),
        Index("ix_reorganisation_items_unit", "reorganisation_id", "unit_id"),
        CheckConstraint("NOT (chosen_end AND chosen_code IS NOT NULL)", name="one_choice"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    reorganisation_id: Mapped[UUID] = mapped_column(ForeignKey("reorganisations.id"))
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    subject_version: Mapped[int]
    unit_id: Mapped[UUID | None]  # the old unit it is or lies in
    label: Mapped[str]
    outcome: Mapped[str]
    successors: Mapped[list[str]] = mapped_column(JSONB)  # codes to choose from
    needs_decision: Mapped[bool]
    default_code: Mapped[str | None]  # None: it ends
    default_basis: Mapped[str]
    chosen_code: Mapped[str | None]
    chosen_end: Mapped[bool]
    chosen_post: Mapped[str | None]
    note: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    former: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    new_id: Mapped[UUID | None]
    version: Mapped[int]

    @property
    def decided(self) -> bool:
        """Whether somebody has decided."""
        return self.decided_at is not None

    @property
    def code(self) -> str | None:
        """Where it goes, as things stand; None: it ends."""
        return None if self.chosen_end else self.chosen_code or self.default_code

    def decide(self, code: str | None, post: str | None, note: str | None, by: str) -> None:
        """It goes to the new unit with this code, there in another post if one is named; None: it ends."""
        self.chosen_code, self.chosen_end, self.chosen_post, self.note = code, code is None, post, note
        self.decided_at, self.decided_by = clock.now(), by
        self.version += 1

    def leave_open(self) -> None:
        """Back to the default."""
        self.chosen_code, self.chosen_end, self.chosen_post, self.note = None, False, None, None
        self.decided_at = self.decided_by = None
        self.version += 1
