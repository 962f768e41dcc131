"""Rows of officials out of reach."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class Reach(Base):
    """Whether an official can be reached, as of `version` of the contact; `since` then."""

    __tablename__ = "reach"

    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    reachable: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
