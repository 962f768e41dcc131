"""Comments, watchers, links, and news that watchers have not heard yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.threads.rules import COMMENT, LinkKind, Visibility
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class Comment(Base):
    """What somebody said on an issue. Never edited; withdrawn with a reason, and then no longer shown."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_issue", "issue_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)
    visible_to: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID | None]
    official_name: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)  # the client
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def say(cls, issue_id: UUID, text: str, visible_to: Visibility, official: Any, *, by: str) -> "Comment":
        """A new comment; `official` has id and full_name, or is None: then the client itself speaks."""
        return cls(
            id=uuid7(),
            issue_id=issue_id,
            at=clock.now(),
            text=text,
            visible_to=visible_to,
            client_id=by,
            official_id=official.id if official else None,
            official_name=official.full_name if official else None,
            withdrawn_at=None,
            withdrawn_by=None,
            withdrawal_reason=None,
        )

    def withdraw(self, reason: str, *, by: str) -> None:
        """Take it back; `rules.check_withdrawal` was asked before."""
        self.withdrawn_at, self.withdrawn_by, self.withdrawal_reason = clock.now(), by, reason


class Watcher(Base):
    """An official who is told of what happens to an issue."""

    __tablename__ = "watchers"
    __table_args__ = (Index("ix_watchers_official", "official_id", "since", "issue_id"),)

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    added_by: Mapped[str] = mapped_column(Text)


class Link(Base):
    """What an issue has to do with: a visit, a piece of feedback, another issue (`target_id`), or a document."""

    __tablename__ = "issue_links"
    __table_args__ = (
        UniqueConstraint("issue_id", "kind", "target_id"),
        Index("ix_issue_links_issue", "issue_id", "at", "id"),
        Index("ix_issue_links_target", "target_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"))
    kind: Mapped[str] = mapped_column(Text)
    target_id: Mapped[UUID | None]
    number: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    client_id: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID | None]
    official_name: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def make(
        cls,
        issue_id: UUID,
        kind: LinkKind,
        target_id: UUID | None,
        given: dict[str, Any],
        official: Any,
        *,
        by: str,
    ) -> "Link":
        """A new link; `given` has number, title and url of a document."""
        return cls(
            id=uuid7(),
            issue_id=issue_id,
            kind=kind,
            target_id=target_id,
            number=given["number"],
            title=given["title"],
            url=given["url"],
            at=clock.now(),
            client_id=by,
            official_id=official.id if official else None,
            official_name=official.full_name if official else None,
        )


class ThreadNews(Base):
    """A line or comment that watchers have not heard of yet. A trigger on the timeline writes these for issues that
    somebody watches, so that whoever moves an issue need not know of watchers; a row is gone once it is told."""

    __tablename__ = "thread_news"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    issue_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(Text)
    ref: Mapped[UUID]

    @classmethod
    def of_comment(cls, comment: Comment) -> "ThreadNews":
        """Somebody said something."""
        return cls(issue_id=comment.issue_id, at=comment.at, kind=COMMENT, ref=comment.id)
