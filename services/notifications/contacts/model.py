"""Rows of contacts."""

from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base


class Contact(Base):
    """How an official can be reached, as of `version` of the official."""

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_address", text("lower(email)")),)

    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    version: Mapped[int]
    trouble: Mapped[str | None] = mapped_column(Text)  # why no mail reaches them, as last told
    reach_version: Mapped[int] = mapped_column(server_default="0")
