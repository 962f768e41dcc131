"""Proposals, the issues they are about, those invited to sign, their history, and when the silent are reminded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.history import Done
from services.visits.proposals import rules
from services.visits.proposals.rules import Answer, Move, State
from services.visits.units.model import Unit
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class ProposalReminder(Base):
    """After how many days those invited who say nothing are reminded, again and again; one row."""

    __tablename__ = "proposal_reminders"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    every_days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)


class Proposal(Base):
    """What officials ask of a level above the issues; submitted once enough of those invited have signed."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_newest", "created_at", "id"),
        Index("ix_proposals_chase_at", "chase_at", "id", postgresql_where=text("chase_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    addressee_level: Mapped[str] = mapped_column(Text)
    addressee_unit_id: Mapped[UUID]
    addressee_unit_name: Mapped[str] = mapped_column(Text)
    addressee: Mapped[str | None] = mapped_column(Text)  # the body or person there, if it is said
    quorum: Mapped[int] = mapped_column(SmallInteger)  # how many of those invited must sign
    official_id: Mapped[UUID]  # who drafted it, and has signed thereby
    official_name: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    chase_at: Mapped[datetime | None] = mapped_column(Instant)  # when the silent are reminded next

    @classmethod
    def draft(
        cls, given: dict[str, Any], unit: Unit, official: Any, quorum: int, *, by: str, chase_at: datetime
    ) -> "Proposal":
        """A new proposal to the unit of a level; `given` has title, text and addressee."""
        return cls(
            id=uuid7(),
            version=1,
            state=State.COLLECTING,
            title=given["title"],
            text=given["text"],
            addressee_level=unit.level,
            addressee_unit_id=unit.id,
            addressee_unit_name=unit.name,
            addressee=given["addressee"],
            quorum=quorum,
            official_id=official.id,
            official_name=official.full_name,
            created_by=by,
            created_at=clock.now(),
            submitted_at=None,
            answer=None,
            answered_by=None,
            answered_at=None,
            chase_at=chase_at,
        )

    def move(self, move: Move) -> None:
        """Go on as the table says; raises RuleBroken."""
        self.state = rules.after(State(self.state), move)
        self.version += 1
        if self.state != State.COLLECTING:
            self.chase_at = None
        if move == Move.SUBMIT:
            self.submitted_at = clock.now()

    def take_answer(self, text: str, by: str) -> None:
        """What the addressee says."""
        self.answer, self.answered_by, self.answered_at = text, by, clock.now()


class ProposalIssue(Base):
    """An issue that a proposal is about."""

    __tablename__ = "proposal_issues"
    __table_args__ = (Index("ix_proposal_issues_issue_id", "issue_id"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"), primary_key=True)


class Signer(Base):
    """An official invited to sign."""

    __tablename__ = "proposal_signers"
    __table_args__ = (Index("ix_proposal_signers_official_id", "official_id"),)

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    official_id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def invite(cls, proposal_id: UUID, official: Any) -> "Signer":
        """Ask an official, who has id and full_name, to sign."""
        return cls(
            proposal_id=proposal_id,
            official_id=official.id,
            full_name=official.full_name,
            answer=Answer.INVITED,
            invited_at=clock.now(),
            answered_at=None,
            reason=None,
        )

    def reply(self, move: Move, reason: str | None) -> None:
        """Sign or decline; raises RuleBroken where that has been said."""
        self.answer = rules.check_answer(Answer(self.answer), move)
        self.answered_at, self.reason = clock.now(), reason


class ProposalMove(Done):
    """One thing that was done to a proposal, by whom and why."""

    __tablename__ = "proposal_moves"
    __table_args__ = (Index(None, "subject_id", "at"),)

    subject_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
