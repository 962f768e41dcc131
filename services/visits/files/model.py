"""Rows of files: what is known of each, and of each content that is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class StoredContent(Base):
    """Bytes that are in the store under their SHA-256; several files may have the same."""

    __tablename__ = "stored_contents"

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    thumbnail: Mapped[bool]  # there is a small picture of it, too
    touched_at: Mapped[datetime] = mapped_column(Instant)  # when somebody last uploaded it


class File(Base):
    """An uploaded file. `unit_path` says whose territory it belongs to; the subject is what it is attached to, none
    yet when it is new."""

    __tablename__ = "files"
    __table_args__ = (
        Index("ix_files_subject", "subject_id", "id", postgresql_where=text("subject_id IS NOT NULL")),
        Index("ix_files_unattached", "uploaded_at", "id", postgresql_where=text("subject_id IS NULL")),
        Index("ix_files_sha256", "sha256"),
        Index("ix_files_unit_path", "unit_path", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_contents.sha256"))
    size: Mapped[int] = mapped_column(BigInteger)
    type: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    thumbnail: Mapped[bool]
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    subject_kind: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    restricted: Mapped[bool]  # shown with visits:write only
    official_id: Mapped[UUID | None]
    official_name: Mapped[str | None] = mapped_column(Text)
    uploaded_by: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def upload(
        cls,
        *,
        sha256: str,
        size: int,
        type: str,
        name: str,
        thumbnail: bool,
        unit_path: str,
        official: tuple[UUID, str] | None,
        uploaded_by: str,
    ) -> "File":
        """A new file, attached to nothing yet."""
        return cls(
            id=uuid7(),
            sha256=sha256,
            size=size,
            type=type,
            name=name,
            thumbnail=thumbnail,
            unit_path=unit_path,
            subject_kind=None,
            subject_id=None,
            restricted=False,
            official_id=official[0] if official else None,
            official_name=official[1] if official else None,
            uploaded_by=uploaded_by,
            uploaded_at=clock.now(),
        )


class FileRule(Base):
    """A number that may be changed, with where it comes from."""

    __tablename__ = "file_rules"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    hours: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
