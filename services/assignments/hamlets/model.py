"""Hamlets under a commune."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.database import Base
from services.assignments.hamlets.rules import hamlet_changed
from services.assignments.units.model import Unit
from services.assignments.validity import is_valid
from shared.ids import uuid7
from shared.messaging.events import NewEvent
from shared.text import fold


class Hamlet(Base):
    """A hamlet of one commune during one validity."""

    __tablename__ = "hamlets"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="validity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    # The commune's own, as there is no national one. Unique there by rule; a reorganisation may bring two together.
    code: Mapped[str | None]
    name: Mapped[str]
    folded: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    succeeded_by: Mapped[UUID | None] = mapped_column(ForeignKey("hamlets.id"))
    version: Mapped[int]
    unit: Mapped[Unit] = relationship()

    @classmethod
    def under(cls, commune: Unit, name: str, valid_from: date, code: str | None = None) -> "Hamlet":
        """A new hamlet, open-ended."""
        return cls(
            id=uuid7(),
            unit=commune,
            unit_id=commune.id,
            code=code,
            name=name,
            folded=fold(name),
            valid_from=valid_from,
            valid_to=None,
            succeeded_by=None,
            version=1,
        )

    def rename(self, name: str) -> None:
        """Change the name; the search column follows."""
        self.name, self.folded = name, fold(name)

    def is_valid(self, at: date) -> bool:
        """Whether the hamlet exists on that day."""
        return is_valid(self, at)

    def changed(self) -> NewEvent:
        """The event for the hamlet as it now stands."""
        return hamlet_changed(self)
