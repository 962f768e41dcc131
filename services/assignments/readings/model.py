"""Readings of documents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class DocumentReading(Base):
    """An official has read a document."""

    __tablename__ = "document_readings"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_by: Mapped[str]
