"""Documents and their files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.database import Base
from services.assignments.units.model import Unit
from shared import clock
from shared.ids import uuid7
from shared.text import fold


class Document(Base):
    """A document as it was issued, until it is repealed. It concerns those who hold one of `posts` (none named: any
    post) inside the territory of its unit."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("issuer", "number", "issued_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    issuer: Mapped[str]
    issued_on: Mapped[date]
    repealed_on: Mapped[date | None]
    title: Mapped[str]
    summary: Mapped[str | None]
    url: Mapped[str | None]
    must_read: Mapped[bool]
    posts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    folded: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]
    unit: Mapped[Unit] = relationship()
    file: Mapped["DocumentFile | None"] = relationship(lazy="selectin")

    @classmethod
    def issued(cls, unit: Unit, posts: Sequence[str], **details: Any) -> "Document":
        """A document just registered. `details`: number, issuer, issued_on, title, summary, url, must_read."""
        document = cls(id=uuid7(), unit=unit, posts=list(posts), created_at=clock.now(), version=1, **details)
        document.file = None
        document.call(details["title"])
        return document

    def call(self, title: str) -> None:
        """Give a title; the search column follows."""
        self.title, self.folded = title, fold(f"{self.number} {title}")


class DocumentFile(Base):
    """The file of a document. Its bytes stand in the row: decisions are few and small, and so they are in every
    backup, and written in the one transaction."""

    __tablename__ = "document_files"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    uploaded_by: Mapped[str]
