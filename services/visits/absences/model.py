"""Absences, as last heard of."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class KnownAbsence(Base):
    """An official is away from a day until just before another; why is not known here. `counts`: it is approved."""

    __tablename__ = "absences"
    __table_args__ = (Index(None, "official_id"), Index(None, "substitute_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID]
    substitute_id: Mapped[UUID | None]
    assignment_ids: Mapped[Sequence[UUID] | None] = mapped_column(ARRAY(Uuid))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    counts: Mapped[bool]
    version: Mapped[int]
