"""Officials."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.database import Base
from services.assignments.officials.rules import official_changed, sort_key
from services.assignments.units.model import Unit
from shared.ids import uuid7
from shared.messaging.events import NewEvent
from shared.text import fold


class Official(Base):
    """A person who can hold posts. Homonyms are common: a person is known by the id, never by the name."""

    __tablename__ = "officials"
    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        Index("uq_officials_staff_code", func.lower(text("staff_code")), unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # What the personnel office knows the person by; two that differ in case only are one.
    staff_code: Mapped[str | None]
    full_name: Mapped[str]
    given_name: Mapped[str]
    folded: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    home_body: Mapped[str | None]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    language: Mapped[str]
    active: Mapped[bool]
    version: Mapped[int]
    unit: Mapped[Unit] = relationship()

    @classmethod
    def known_as(cls, home: Unit, full_name: str, given_name: str, **details: Any) -> "Official":
        """A new, active official of a unit. `details`: staff_code, email, phone, home_body,
        language."""
        official = cls(id=uuid7(), unit=home, unit_id=home.id, active=True, version=1, **details)
        official.name(full_name, given_name)
        return official

    def name(self, full_name: str, given_name: str) -> None:
        """Give a name; the search and sort columns follow."""
        self.full_name, self.given_name = full_name, given_name
        self.folded, self.sort_key = fold(full_name), sort_key(given_name, full_name)

    def changed(self) -> NewEvent:
        """The event for the official as now known."""
        return official_changed(self)
