"""Applications of rule sets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class RuleApplication(Base):
    """A set of rules as it was applied, and what that changed."""

    __tablename__ = "rule_applications"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    valid_from: Mapped[date]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
