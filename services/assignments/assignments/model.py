"""Assignments."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.assignments.rules import Change
from services.assignments.clusters.model import Cluster
from services.assignments.database import Base
from services.assignments.documents.model import Document
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.posts.model import Post
from services.assignments.units.model import Unit
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7

Place = Unit | Cluster | Hamlet


def territory_of(place: Place) -> Unit:
    """The unit in whose territory a place lies: itself, the cluster's district, the hamlet's commune."""
    if isinstance(place, Cluster):
        return place.district
    return place.unit if isinstance(place, Hamlet) else place


class Assignment(Base):
    """An official holds a post for one place: a unit, a cluster or a hamlet."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("num_nonnulls(unit_id, cluster_id, hamlet_id) = 1", name="one_place"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        # Terms that end.
        Index("ix_assignments_valid_to", "valid_to", postgresql_where=text("valid_to IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"), index=True)
    post_code: Mapped[str] = mapped_column(ForeignKey("posts.code"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    cluster_id: Mapped[UUID | None] = mapped_column(ForeignKey("clusters.id"))
    hamlet_id: Mapped[UUID | None] = mapped_column(ForeignKey("hamlets.id"))
    # Whichever of the three it is: one index finds the holders of any place.
    place_id: Mapped[UUID] = mapped_column(
        Computed("coalesce(unit_id, cluster_id, hamlet_id)", persisted=True), index=True
    )
    # See territory_of.
    territory_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    legal_basis: Mapped[str]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"), index=True)
    scope_note: Mapped[str | None]
    # The assignment this one took over from, and what its holder wrote for the next.
    succeeds_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"))
    handover_note: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # How the row came to say what it says: what was done, why, when and by whom.
    change: Mapped[str] = mapped_column(server_default=Change.ASSIGNED)
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    recorded_by: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int]
    official: Mapped[Official] = relationship()
    post: Mapped[Post] = relationship()
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    cluster: Mapped[Cluster | None] = relationship()
    hamlet: Mapped[Hamlet | None] = relationship()
    territory: Mapped[Unit] = relationship(foreign_keys=[territory_id])
    document: Mapped[Document | None] = relationship()

    @classmethod
    def to(
        cls, official: Official, post: Post, place: Place, since: date, until: date | None, by: str, **details: Any
    ) -> "Assignment":
        """A new assignment. `details`: legal_basis, scope_note, document, handover_note, succeeds_id, reason,
        change."""
        return cls(
            id=uuid7(),
            official=official,
            post=post,
            post_code=post.code,
            unit=place if isinstance(place, Unit) else None,
            cluster=place if isinstance(place, Cluster) else None,
            hamlet=place if isinstance(place, Hamlet) else None,
            territory=territory_of(place),
            valid_from=since,
            valid_to=until,
            recorded_at=clock.now(),
            recorded_by=by,
            version=1,
            **{"change": Change.ASSIGNED} | details,
        )

    @property
    def place(self) -> Place:
        """What it is held for."""
        found = self.unit or self.cluster or self.hamlet
        assert found is not None
        return found

    def end(self, valid_to: date, by: str, change: Change = Change.ENDED, reason: str | None = None) -> None:
        """End it before that day; on its own first day it never took effect. Raises RuleBroken."""
        if valid_to < self.valid_from:
            raise RuleBroken("An assignment cannot end before it began.", field="valid_to")
        if self.valid_to is not None and self.valid_to <= valid_to:
            raise RuleBroken("The assignment has ended already.", field="valid_to")
        self.valid_to = valid_to
        self.note(change, by, reason)

    def note(self, change: Change, by: str, reason: str | None) -> None:
        """It says something else now; what it said before is kept (see AssignmentRecord)."""
        self.change, self.reason = change, reason
        self.recorded_at, self.recorded_by = clock.now(), by
        self.version += 1


class AssignmentRecord(Base):
    """What an assignment said before one of its changes. A trigger of the table of assignments writes it with the
    change, by whatever way that is made: nothing recorded is ever overwritten."""

    __tablename__ = "assignment_history"

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"))
    post_code: Mapped[str]
    unit_id: Mapped[UUID | None]
    cluster_id: Mapped[UUID | None]
    hamlet_id: Mapped[UUID | None]
    territory_id: Mapped[UUID]
    legal_basis: Mapped[str]
    document_id: Mapped[UUID | None]
    scope_note: Mapped[str | None]
    handover_note: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    change: Mapped[str]
    reason: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
