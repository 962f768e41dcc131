"""Rows of notices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class Notice(Base):
    """What one escalation has to say: the data of escalation.routed, frozen, shared by all its notifications.

    `issue`, `recipients` and `vacancies` have the shapes of shared.contracts.assignments.EscalationRouted.
    The trace is that of the event, so that a failure days later is still found under the same id.
    """

    __tablename__ = "notices"

    escalation_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[int]
    issue_id: Mapped[UUID]
    # Byte order, so that "inside this territory" is a prefix match on the index.
    unit_path: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    issue: Mapped[dict[str, Any]] = mapped_column(JSON)
    recipients: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    vacancies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    correlation_id: Mapped[str] = mapped_column(Text)
    traceparent: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def payload(self) -> dict[str, Any]:
        """What compose takes."""
        return {
            "escalation_id": self.escalation_id,
            "step": self.step,
            "issue": self.issue,
            "recipients": self.recipients,
            "vacancies": self.vacancies,
        }
