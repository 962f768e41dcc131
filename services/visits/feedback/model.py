"""Feedback, what was done to it, the rules of its wording and of its follow-up."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.feedback import rules
from services.visits.feedback.rules import FollowUp, Move, State
from services.visits.history import Done
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


class WordingRule(Base):
    """What is refused, or flagged, in the wording of feedback; see `wording`."""

    __tablename__ = "wording_rules"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    test: Mapped[str] = mapped_column(Text)
    words: Mapped[list[str]] = mapped_column(JSONB)
    number: Mapped[int | None] = mapped_column(SmallInteger)
    field: Mapped[str | None] = mapped_column(Text)
    message_vi: Mapped[str] = mapped_column(Text)
    message_en: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class FeedbackFollowUp(Base):
    """By when feedback is followed up that names no day, and how often those concerned are reminded; one row."""

    __tablename__ = "feedback_follow_ups"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    answer_days: Mapped[int] = mapped_column(SmallInteger)
    remind_before_days: Mapped[int] = mapped_column(SmallInteger)
    chase_every_days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    def as_rule(self) -> FollowUp:
        """As the rules take it."""
        return FollowUp(self.answer_days, self.remind_before_days, self.chase_every_days)


class Feedback(Base):
    """What an official tells a commune, with the place as it was called then.

    `follow_on`: the day it is followed up, named or usual; `chase_at`: when those concerned are reminded next.
    """

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_newest", "given_at", "id"),
        Index("ix_feedback_unit_path", "unit_path", "given_at"),
        Index("ix_feedback_official_id", "official_id", "given_at"),
        Index("ix_feedback_visit_id", "visit_id", postgresql_where=text("visit_id IS NOT NULL")),
        Index("ix_feedback_issue_id", "issue_id", postgresql_where=text("issue_id IS NOT NULL")),
        Index("ix_feedback_chase_at", "chase_at", "id", postgresql_where=text("chase_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)
    official_id: Mapped[UUID]  # who gives it
    official_name: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    addressee_kind: Mapped[str | None] = mapped_column(Text)
    addressee_name: Mapped[str | None] = mapped_column(Text)
    addressee_position: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)  # what exactly is to be done
    due_on: Mapped[date | None]
    follow_on: Mapped[date]
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("visits.id"))
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issues.id"))
    restricted: Mapped[bool]
    readers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # officials who are told beside the usual ones
    flags: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # what the check found and the author confirmed
    given_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Text)  # who speaks for the commune
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    chase_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def give(
        cls,
        place: dict[str, Any],
        official: Any,
        given: dict[str, Any],
        *,
        links: dict[str, UUID | None],
        readers: list[Any],
        flags: list[dict[str, Any]],
        rule: FollowUp,
        by: str,
    ) -> "Feedback":
        """New feedback; `place` holds the unit columns, `given` is what FeedbackInput loads, `links` visit_id and
        issue_id, `readers` are officials."""
        addressee = given["addressee"] or {"kind": None, "name": None, "position": None}
        today = clock.today()
        follow_on = given["due_on"] or rules.usual_due(today, rule)
        return cls(
            id=uuid7(),
            version=1,
            state=State.GIVEN,
            **place,
            **links,
            **{name: given[name] for name in ("form", "text", "action", "due_on", "restricted")},
            official_id=official.id,
            official_name=official.full_name,
            **{f"addressee_{name}": value for name, value in addressee.items()},
            follow_on=follow_on,
            readers=[{"id": str(each.id), "full_name": each.full_name} for each in readers],
            flags=flags,
            given_at=clock.now(),
            created_by=by,
            answer=None,
            answered_by=None,
            answered_at=None,
            done_at=None,
            chase_at=rules.next_chase(follow_on, today, rule),
        )

    def move(self, move: Move, given: dict[str, Any], rule: FollowUp) -> None:
        """Go on as the table says; `given` was checked by `rules.check_details`. Raises RuleBroken."""
        self.state = rules.after(State(self.state), move)
        self.version += 1
        today = clock.today()
        self.done_at = clock.now() if move == Move.DONE else None
        if move in (Move.ACCEPT, Move.EXPLAIN):
            self.answer, self.answered_by, self.answered_at = given["text"], given["by"], clock.now()
        if move == Move.REOPEN:
            self.answer = self.answered_by = self.answered_at = None
        if given["due_on"]:
            self.due_on = self.follow_on = given["due_on"]
        elif move in (Move.EXPLAIN, Move.REOPEN):  # another's turn, who gets the usual time
            self.follow_on = rules.usual_due(today, rule)
        self.chase_at = None if self.state in rules.SETTLED else rules.next_chase(self.follow_on, today, rule)

    @property
    def overdue(self) -> bool:
        """Neither done nor taken back, and its day is past."""
        return self.state not in rules.SETTLED and self.follow_on < clock.today()


class FeedbackMove(Done):
    """One thing that was done to feedback, by whom and why; `data` keeps answers and days as they were."""

    __tablename__ = "feedback_moves"
    __table_args__ = (Index(None, "feedback_id", "at"),)

    feedback_id: Mapped[UUID] = mapped_column(ForeignKey("feedback.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
