"""Directives, their editions, files and broadcasts, and what each recipient did."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, DateTime, ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.database import Base
from services.notifications.directives.rules import Purpose
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class Directive(Base):
    """A directive as it stands. For those who hold one of `posts` (none named: any) for a place at one of `levels`
    (none named: any) inside the territory."""

    __tablename__ = "directives"
    __table_args__ = (Index("ix_directives_unit_path", "unit_path"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str] = mapped_column(Text)
    unit_name: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    posts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    must_read: Mapped[bool]
    pass_on_by: Mapped[date | None]
    remind_before_days: Mapped[int | None] = mapped_column(SmallInteger)
    edition: Mapped[int] = mapped_column(SmallInteger)
    notice_id: Mapped[UUID]  # of the edition that stands: who has acknowledged it has read it
    issued_at: Mapped[datetime] = mapped_column(Instant)
    issued_by: Mapped[str] = mapped_column(Text)
    recalled_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]

    @classmethod
    def issued(cls, unit: Any, by: str, **given: Any) -> "Directive":
        """A new one. `given`: number, issuer, title, body, posts, levels, must_read, pass_on_by,
        remind_before_days."""
        place = {"unit_code": unit.code, "unit_name": unit.name, "unit_path": unit.path}
        return cls(id=uuid7(), edition=1, version=1, issued_at=clock.now(), issued_by=by, **place, **given)

    def correct(self, changes: dict[str, Any]) -> None:
        """Another edition of it. Raises RuleBroken when it was recalled."""
        self._check_stands()
        for name, value in changes.items():
            setattr(self, name, value)
        self.edition += 1
        self.version += 1

    def recall(self) -> None:
        """It does not hold any more. Raises RuleBroken when it was recalled before."""
        self._check_stands()
        self.recalled_at = clock.now()
        self.version += 1

    def _check_stands(self) -> None:
        if self.recalled_at is not None:
            raise RuleBroken("The directive was recalled.")


class Edition(Base):
    """A directive as it was issued or corrected, kept for good; `reason`: why it was corrected."""

    __tablename__ = "directive_editions"

    directive_id: Mapped[UUID] = mapped_column(ForeignKey("directives.id"), primary_key=True)
    edition: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    pass_on_by: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    by: Mapped[str] = mapped_column(Text)

    @classmethod
    def of(cls, directive: Directive, by: str, reason: str | None) -> "Edition":
        """The edition that now stands."""
        said = {name: getattr(directive, name) for name in ("edition", "title", "body", "pass_on_by")}
        return cls(directive_id=directive.id, reason=reason, at=clock.now(), by=by, **said)


class Attachment(Base):
    """A link to a document, or a small file: then `content` is there, and `media_type` is what it really is."""

    __tablename__ = "directive_files"
    __table_args__ = (Index("ix_directive_files_directive_id", "directive_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    directive_id: Mapped[UUID] = mapped_column(ForeignKey("directives.id"))
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Broadcast(Base):
    """Telling everybody, chunk by chunk in the order of their ids; `id` is also that of the notice.

    `due_at` is null once it is done or called off; `cursor` is the last official told.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        Index("ix_broadcasts_due", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_broadcasts_directive_id", "directive_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    directive_id: Mapped[UUID] = mapped_column(ForeignKey("directives.id"))
    purpose: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    cursor: Mapped[UUID | None]
    told: Mapped[int]
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def of(
        cls, directive: Directive, purpose: Purpose, *, reason: str | None = None, due_at: datetime | None = None
    ) -> "Broadcast":
        """A new one, due now unless told otherwise."""
        now = clock.now()
        about = {"directive_id": directive.id, "purpose": purpose, "reason": reason}
        return cls(id=uuid7(), created_at=now, due_at=due_at or now, cursor=None, told=0, **about)

    def advance(self, officials: Sequence[UUID], whole: int) -> None:
        """These were told now; fewer than a whole chunk are the last."""
        now = clock.now()
        self.begun_at = self.begun_at or now
        self.told += len(officials)
        if officials:
            self.cursor = officials[-1]
        if len(officials) < whole:
            self.due_at, self.finished_at = None, now


class Receipt(Base):
    """An official whom a directive is for, and what they did with it. Whether they have read it stands with the
    notification. `unit_path`, `place`: where they are counted; `reasons`: the posts it is for."""

    __tablename__ = "directive_receipts"
    __table_args__ = (
        Index("ix_directive_receipts_unit_path", "directive_id", "unit_path"),
        Index("ix_directive_receipts_official_id", "official_id"),
    )

    directive_id: Mapped[UUID] = mapped_column(ForeignKey("directives.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    place: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    passed_on: Mapped[date | None]
    passed_on_to: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    reported_by: Mapped[str | None] = mapped_column(Text)

    def open(self) -> None:
        """They have it before them; the first time counts."""
        self.opened_at = self.opened_at or clock.now()

    def pass_on(self, on: date, to: str, note: str | None, by: str) -> None:
        """They say when they passed it on, and to whom; said again, the last counts."""
        self.open()
        self.passed_on, self.passed_on_to, self.note = on, to, note
        self.reported_at, self.reported_by = clock.now(), by
