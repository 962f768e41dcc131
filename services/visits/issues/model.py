"""Issues, their reporters and the counters of their codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Computed, DateTime, ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.issues import rules
from services.visits.issues.rules import Kind, Move, Sensitivity, Severity, State
from services.visits.units.model import Hamlet, Unit
from shared import clock
from shared.ids import uuid7

Instant = DateTime(timezone=True)


def _upper_path(depth: int) -> str:
    """The first `depth` codes of the path: equality on it keeps an index in order, a prefix match would not."""
    return " || ".join(f"split_part(unit_path, '/', {n}) || '/'" for n in range(1, depth + 1))


def _made(sql: str) -> Computed:
    return Computed(sql, persisted=True)


# As `rules.facet`, `rules.place_facet` and `rules.month_of` say.
_DAY = "reported_at AT TIME ZONE 'UTC'"
_MONTH = f"12 * EXTRACT(YEAR FROM {_DAY}) + EXTRACT(MONTH FROM {_DAY})"
_FACETS = ", ".join(
    [
        *map(_upper_path, (1, 2, 3)),
        *(f"{_upper_path(depth)} || ' ' || state" for depth in (1, 2, 3)),
        *(f"'{name} ' || {name}" for name in ("state", "kind", "category", "severity")),
        f"'month ' || CAST(CAST({_MONTH} AS int) AS text)",
    ]
)


class Issue(Base):
    """What a commune reports, with the place as it was called then: history keeps the unit of its time."""

    __tablename__ = "issues"
    __table_args__ = (
        # Every list is newest first: of a place it is read off an index in that order.
        Index("ix_issues_newest", "reported_at", "id"),
        Index("ix_issues_path_1", "path_1", "reported_at", "id"),
        Index("ix_issues_path_2", "path_2", "reported_at", "id"),
        Index("ix_issues_path_3", "path_3", "reported_at", "id"),
        Index(
            "ix_issues_handler", "handler_id", "reported_at", "id", postgresql_where=text("handler_id IS NOT NULL")
        ),
        Index("ix_issues_re_report_of", "re_report_of", postgresql_where=text("re_report_of IS NOT NULL")),
        # What the newest do not have is found here, see `listing`. A short pending list: an insert that empties it,
        # and a search that reads it, take milliseconds.
        Index(
            "ix_issues_facets",
            "search",
            "facets",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 256},
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
    sensitivity: Mapped[str] = mapped_column(Text, server_default=Sensitivity.NORMAL)
    looked_like: Mapped[str | None] = mapped_column(Text)  # what intake took it for; the client confirmed it is not
    re_report_of: Mapped[UUID | None] = mapped_column(ForeignKey("issues.id"))  # the same again: it was not fixed
    handler_id: Mapped[UUID | None]
    handler_name: Mapped[str | None] = mapped_column(Text)
    waiting_since: Mapped[datetime | None] = mapped_column(Instant)  # for information; its clocks stand
    waiting_for: Mapped[str | None] = mapped_column(Text)
    resolution: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("issues.id"))
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    path_1: Mapped[str] = mapped_column(Text(collation="C"), _made(_upper_path(1)), deferred=True)
    path_2: Mapped[str] = mapped_column(Text(collation="C"), _made(_upper_path(2)), deferred=True)
    path_3: Mapped[str] = mapped_column(Text(collation="C"), _made(_upper_path(3)), deferred=True)

    facets: Mapped[list[str]] = mapped_column(ARRAY(Text), _made(f"ARRAY[{_FACETS}]"), deferred=True)

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
        sensitivity: Sensitivity = Sensitivity.NORMAL,
        looked_like: str | None = None,
        re_report_of: UUID | None = None,
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
            sensitivity=sensitivity,
            looked_like=looked_like,
            re_report_of=re_report_of,
            handler_id=None,
            handler_name=None,
            waiting_since=None,
            waiting_for=None,
            resolution=None,
            closed_at=None,
            merged_into=None,
        )

    def escalate(self, step: int | None, last_step: int) -> int:
        """Go to a higher step (the next by default) and return it; raises RuleBroken or BadInput."""
        state = rules.after(State(self.state), Move.ESCALATE)
        self.step = rules.step_to_take(self.step, step, last_step)
        self._go(Move.ESCALATE, state)
        return self.step

    def take(self, move: Move, at: datetime, reason: str | None = None) -> None:
        """Make any other move; raises RuleBroken. Handler, resolution and where it went are set by the action."""
        state = rules.after(State(self.state), move)
        rules.check_wait(move, waiting=self.waiting_since is not None)
        if move == Move.WAIT:
            self.waiting_since, self.waiting_for = at, reason
        if move == Move.DE_ESCALATE:
            self.step = rules.step_below(self.step)
        if move == Move.REOPEN:
            self.resolution = None
        self.closed_at = at if state in rules.CLOSED else None
        self._go(move, state)

    def _go(self, move: Move, state: State) -> None:
        if move in rules.ENDS_WAIT:
            self.waiting_since = self.waiting_for = None
        self.state = state
        self.version += 1


class Reporter(Base):
    """Who reported, apart from the issue and sealed: read one by one, each time with a line in `contact_reads`."""

    __tablename__ = "reporters"
    __table_args__ = (
        Index(
            "ix_reporters_closed", "closed_at", postgresql_where=text("closed_at IS NOT NULL AND erased_at IS NULL")
        ),
        Index("ix_reporters_to_seal", "key_id", "issue_id", postgresql_where=text("erased_at IS NULL")),
    )

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)  # from before contacts were sealed; emptied by the duty
    contact: Mapped[str | None] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_id: Mapped[str | None] = mapped_column(Text)  # of the key it is sealed with; null: not sealed yet
    closed_at: Mapped[datetime | None] = mapped_column(Instant)  # as of the issue: when the time to erase begins
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
    erased_by: Mapped[str | None] = mapped_column(Text)  # the client; null: on schedule
    erased_why: Mapped[str | None] = mapped_column(Text)


class Satisfaction(Base):
    """How content the side that reported is with what was done, each time it was asked."""

    __tablename__ = "satisfactions"
    __table_args__ = (Index("ix_satisfactions_issue", "issue_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    move: Mapped[str] = mapped_column(Text)  # verify, reopen
    rating: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)

    @classmethod
    def say(
        cls, issue_id: UUID, at: datetime, move: Move, rating: int, comment: str | None, by: str
    ) -> "Satisfaction":
        """A new rating."""
        return cls(id=uuid7(), issue_id=issue_id, at=at, move=move, rating=rating, comment=comment, client_id=by)


class IssueCounter(Base):
    """The last number given in a province and local year. Its row lock makes codes gap-free."""

    __tablename__ = "issue_counters"

    abbreviation: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last: Mapped[int]
