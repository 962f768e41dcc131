"""Issues, their reporters and the counters of their codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, DateTime, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.issues import rules
from services.visits.issues.rules import Kind, Move, Severity, State
from services.visits.units.model import Hamlet, Unit
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


def _upper_path(depth: int) -> Computed:
    """The first `depth` codes of the path: equality on it keeps an index in order, a prefix match would not."""
    codes = " || ".join(f"split_part(unit_path, '/', {n}) || '/'" for n in range(1, depth + 1))
    return Computed(codes, persisted=True)


class Issue(Base):
    """What a commune reports, with the place as it was called then: history keeps the unit of its time."""

    __tablename__ = "issues"
    __table_args__ = (
        # Every list is newest first; each index serves one filter in that order, whatever the number of rows.
        Index("ix_issues_newest", "reported_at", "id"),
        Index("ix_issues_path_1", "path_1", "reported_at", "id"),
        Index("ix_issues_path_2", "path_2", "reported_at", "id"),
        Index("ix_issues_path_3", "path_3", "reported_at", "id"),
        Index("ix_issues_state", "state", "reported_at", "id"),
        Index("ix_issues_kind", "kind", "reported_at", "id"),
        Index("ix_issues_category", "category", "reported_at", "id"),
        Index("ix_issues_severity", "severity", "reported_at", "id"),
        Index(
            "ix_issues_search", "search", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 256}
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    step: Mapped[int] = mapped_column(SmallInteger)  # 0: not escalated
    kind: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    severity: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)  # in full: "Xã X, Huyện Y, Tỉnh Z"
    hamlet_id: Mapped[UUID | None]
    hamlet_name: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    path_1: Mapped[str] = mapped_column(Text(collation="C"), _upper_path(1), deferred=True)
    path_2: Mapped[str] = mapped_column(Text(collation="C"), _upper_path(2), deferred=True)
    path_3: Mapped[str] = mapped_column(Text(collation="C"), _upper_path(3), deferred=True)

    @classmethod
    def report(
        cls,
        *,
        unit: Unit,
        unit_name: str,
        hamlet: Hamlet | None,
        kind: Kind,
        category: str,
        severity: Severity,
        title: str,
        description: str,
        created_by: str,
    ) -> "Issue":
        """A new issue; its code is given by the statement that inserts it (`actions.report`)."""
        return cls(
            id=uuid7(),
            version=1,
            state=State.REPORTED,
            step=0,
            kind=kind,
            category=category,
            severity=severity,
            title=title,
            description=description,
            unit_id=unit.id,
            unit_code=unit.code,
            unit_path=unit.path,
            unit_name=unit_name,
            hamlet_id=hamlet.id if hamlet else None,
            hamlet_name=hamlet.name if hamlet else None,
            reported_at=clock.now(),
            created_by=created_by,
        )

    def escalate(self, step: int | None, last_step: int) -> int:
        """Go to a higher step (the next by default) and return it; raises RuleBroken or BadInput."""
        state = rules.after(State(self.state), Move.ESCALATE)
        self.step = rules.step_to_take(self.step, step, last_step)
        self.state = state
        self.version += 1
        return self.step


class Reporter(Base):
    """Who reported, apart from the issue: shown to those handling it, never in lists or events."""

    __tablename__ = "reporters"

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)


class IssueCounter(Base):
    """The last number given in a province and local year. Its row lock makes codes gap-free."""

    __tablename__ = "issue_counters"

    abbreviation: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last: Mapped[int]
