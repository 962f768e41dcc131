"""Rows: roles, what roles and posts allow, and who was granted which role."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.database import Base
from services.assignments.officials.model import Official
from services.assignments.units.model import Unit
from shared.errors import RuleBroken
from shared.ids import uuid7


class Role(Base):
    """A named administrative role."""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]
    permissions: Mapped[list["RolePermission"]] = relationship(order_by="RolePermission.scope")


class RolePermission(Base):
    """A role allows a scope."""

    __tablename__ = "role_permissions"

    role_code: Mapped[str] = mapped_column(ForeignKey("roles.code"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]


class PostPermission(Base):
    """A post allows a scope, in the territory that it is held for."""

    __tablename__ = "post_permissions"

    post_code: Mapped[str] = mapped_column(ForeignKey("posts.code", ondelete="CASCADE"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]


class RoleGrant(Base):
    """An official has a role for a time, in a unit or (None) everywhere, by a decision."""

    __tablename__ = "role_grants"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="validity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"), index=True)
    role_code: Mapped[str] = mapped_column(ForeignKey("roles.code"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    version: Mapped[int]
    official: Mapped[Official] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @classmethod
    def of(
        cls, official: Official, role: str, unit: Unit | None, since: date, until: date | None, source: str
    ) -> "RoleGrant":
        """A new grant."""
        return cls(
            id=uuid7(),
            official=official,
            role_code=role,
            unit=unit,
            valid_from=since,
            valid_to=until,
            source=source,
            version=1,
        )

    def end(self, valid_to: date) -> None:
        """End it before that day; raises RuleBroken."""
        if valid_to < self.valid_from:
            raise RuleBroken("A grant cannot end before it began.", field="valid_to")
        if self.valid_to is not None and self.valid_to <= valid_to:
            raise RuleBroken("The grant has ended already.", field="valid_to")
        self.valid_to = valid_to
        self.version += 1
