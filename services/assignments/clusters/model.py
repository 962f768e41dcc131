"""Clusters and the communes they hold over time."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.clusters.rules import difference
from services.assignments.database import Base
from services.assignments.units.model import Unit
from services.assignments.validity import is_valid
from shared.ids import uuid7


class Cluster(Base):
    """A cluster of one district. Its communes may change while it lasts: each membership has its own validity."""

    __tablename__ = "clusters"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="validity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    district_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    # The district's own, unique there by rule.
    code: Mapped[str | None]
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]
    district: Mapped[Unit] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="cluster", order_by="Membership.valid_from, Membership.id"
    )

    @classmethod
    def of(
        cls, district: Unit, name: str, communes: list[Unit], valid_from: date, code: str | None = None
    ) -> "Cluster":
        """A new cluster, open-ended, holding these communes from its first day."""
        cluster = cls(
            id=uuid7(),
            district=district,
            district_id=district.id,
            code=code,
            name=name,
            valid_from=valid_from,
            version=1,
        )
        cluster.memberships = [Membership.of(commune, valid_from) for commune in communes]
        return cluster

    def communes_at(self, at: date) -> list[Unit]:
        """The communes it holds on that day, by code."""
        held = (each.commune for each in self.memberships if is_valid(each, at))
        return sorted(held, key=lambda commune: commune.code)

    @property
    def last_change(self) -> date:
        """The day from which it holds the communes it came to hold last."""
        ends = (each.valid_to for each in self.memberships if each.valid_to and each.valid_to != self.valid_to)
        return max([*(each.valid_from for each in self.memberships), *ends])

    def hold(self, communes: Sequence[Unit], since: date) -> None:
        """Hold exactly these communes from a day on; what was before stays recorded."""
        wanted = {commune.id: commune for commune in communes}
        leaving, joining = difference(self.memberships, list(wanted), since)
        for membership in leaving:
            membership.valid_to = since
        self.memberships.extend(Membership.of(wanted[commune_id], since) for commune_id in joining)

    def end(self, day: date) -> None:
        """End it before that day, and its memberships with it."""
        self.valid_to = day
        for membership in self.memberships:
            membership.valid_to = min(membership.valid_to or day, day)


class Membership(Base):
    """A commune in a cluster during one validity."""

    __tablename__ = "cluster_communes"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="validity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("clusters.id"), index=True)
    commune_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    cluster: Mapped[Cluster] = relationship(back_populates="memberships")
    commune: Mapped[Unit] = relationship()

    @classmethod
    def of(cls, commune: Unit, valid_from: date) -> "Membership":
        """A membership that starts on that day, open-ended."""
        return cls(id=uuid7(), commune=commune, commune_id=commune.id, valid_from=valid_from, valid_to=None)
