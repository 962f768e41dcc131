"""Rows of letters that are still to be sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class Letter(Base):
    """One mail to one official, until it is sent or of no use any more. `sealed_link` opens with the installation's
    secret only; `address_digest` is of the one address it may go to."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID]
    full_name: Mapped[str] = mapped_column(Text)
    address_digest: Mapped[str] = mapped_column(Text)
    sealed_link: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    attempts: Mapped[int] = mapped_column(Integer)
