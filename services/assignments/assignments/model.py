"""Assignments."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.clusters.model import Cluster
from services.assignments.database import Base
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.units.model import Unit
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
    scope_note: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]
    official: Mapped[Official] = relationship()
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    cluster: Mapped[Cluster | None] = relationship()
    hamlet: Mapped[Hamlet | None] = relationship()
    territory: Mapped[Unit] = relationship(foreign_keys=[territory_id])

    @classmethod
    def to(
        cls,
        official: Official,
        post_code: str,
        place: Place,
        since: date,
        until: date | None,
        **details: str | None,
    ) -> "Assignment":
        """A new assignment. `details`: legal_basis, scope_note."""
        return cls(
            id=uuid7(),
            official=official,
            post_code=post_code,
            unit=place if isinstance(place, Unit) else None,
            cluster=place if isinstance(place, Cluster) else None,
            hamlet=place if isinstance(place, Hamlet) else None,
            territory=territory_of(place),
            valid_from=since,
            valid_to=until,
            version=1,
            **details,
        )

    def end(self, valid_to: date) -> None:
        """End it before that day; on its own first day it never took effect. Raises RuleBroken."""
        if valid_to < self.valid_from:
            raise RuleBroken("An assignment cannot end before it began.", field="valid_to")
        if self.valid_to is not None and self.valid_to <= valid_to:
            raise RuleBroken("The assignment has ended already.", field="valid_to")
        self.valid_to = valid_to
        self.version += 1
