"""Drafts that were handed in and accepted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base

Instant = DateTime(timezone=True)


class Draft(Base):
    """What became of a draft, so that it is done once. Its text is not kept here: what it made is."""

    __tablename__ = "drafts"

    created_by: Mapped[str] = mapped_column(Text, primary_key=True)  # the client that handed it in
    client_id: Mapped[UUID] = mapped_column(primary_key=True)  # the id that it was given where it was made
    kind: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    result_id: Mapped[UUID | None]
