"""What was done to a record, by whom and why: the columns that every concept's table of moves has."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from shared import clock
from shared.ids import uuid7


class Done(Base):
    """One thing that was done. A table of moves adds the record it was done to, and what it keeps of it."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    move: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(Text, nullable=False)
    official_id: Mapped[UUID | None]
    official_name: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def now(
        cls,
        move: str,
        *,
        client_id: str | None = None,
        official: Any = None,
        reason: str | None = None,
        **more: Any,
    ) -> Self:
        """What was done just now; `official` has id and full_name, or is None; `more` the columns of its own."""
        return cls(
            id=uuid7(),
            at=clock.now(),
            move=move,
            client_id=client_id,
            official_id=official.id if official else None,
            official_name=official.full_name if official else None,
            reason=reason,
            **more,
        )
