"""What has followed its place, and whether it came back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base

Instant = DateTime(timezone=True)


class SuccessionMove(Base):
    """A record that was moved to the heir of its unit; `former`: its columns of the place before."""

    __tablename__ = "succession_moves"
    __table_args__ = (
        Index("ix_succession_moves_list", "reorganisation_id", "id"),
        Index("ix_succession_moves_subject", "subject_id", postgresql_where=text("undone_at IS NULL")),
        Index("ix_succession_moves_from", "from_unit_id", postgresql_where=text("undone_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    reorganisation_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    from_unit_id: Mapped[UUID]
    from_unit_name: Mapped[str] = mapped_column(Text)
    to_unit_id: Mapped[UUID]
    to_unit_name: Mapped[str] = mapped_column(Text)
    to_unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    check: Mapped[bool]
    former: Mapped[dict[str, Any]] = mapped_column(JSONB)
    moved_at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
