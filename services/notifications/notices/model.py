"""Rows of notices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class Notice(Base):
    """What there is to say, frozen, shared by all its notifications.

    `id` is that of the escalation, the handover or the reminder, `facts` the data of the event: of
    escalation.routed or reminder.due (shared.contracts), or what `acknowledgements.handing` makes of it. The trace
    is that of the event, so that a failure days later is still found under the same id.
    """

    __tablename__ = "notices"
    # The place in byte order, so that "inside this territory" is a prefix match on the index.
    __table_args__ = (
        Index("ix_notices_unit_path_created_at", "unit_path", "created_at"),
        Index("ix_notices_kind_created_at", "kind", "created_at"),
        Index("ix_notices_issue_code", "issue_code", postgresql_where=text("issue_code IS NOT NULL")),
        Index("ix_notices_issue_id", "issue_id", postgresql_where=text("issue_id IS NOT NULL")),
        Index("ix_notices_subject", text("(facts ->> 'subject_id')"), postgresql_where=text("kind = 'reminder'")),
        Index("ix_notices_about_id", "about_id", postgresql_where=text("about_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    about_id: Mapped[UUID | None]  # of a handover: the notice of the escalation
    issue_id: Mapped[UUID | None]
    issue_code: Mapped[str | None] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    correlation_id: Mapped[str] = mapped_column(Text)
    traceparent: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
