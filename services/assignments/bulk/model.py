"""Imports as jobs: a row says what was asked for, how far it has come, what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.audit.rules import Actor
from services.assignments.bulk.rules import LEASE, Phase, State, after_failure
from services.assignments.database import Base
from shared import clock
from shared.ids import uuid7
from shared.web.auth import Principal


class Import(Base):
    """A sheet to be worked off. `territories` are those of whoever asked: the import may do no more than they."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_open", "id", postgresql_where=text("state IN ('waiting', 'running')")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    dry_run: Mapped[bool]
    file_name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[str]
    phase: Mapped[str | None]
    rows_done: Mapped[int]
    rows_total: Mapped[int | None]
    created: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    fault_count: Mapped[int]
    requested_by: Mapped[str]
    official_id: Mapped[UUID | None]
    territories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    address: Mapped[str | None]
    agent: Mapped[str | None]
    correlation_id: Mapped[str | None]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int]
    lease: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]

    @classmethod
    def of(
        cls, kind: str, dry_run: bool, who: Principal, actor: Actor, file_name: str, size: int, sha256: str
    ) -> "Import":
        """A new one, waiting. `actor`: whom the audit log will name."""
        return cls(
            id=uuid7(),
            kind=kind,
            dry_run=dry_run,
            file_name=file_name,
            size=size,
            sha256=sha256,
            state=State.WAITING,
            phase=None,
            rows_done=0,
            rows_total=None,
            created=0,
            changed=0,
            unchanged=0,
            fault_count=0,
            requested_by=who.client_id,
            official_id=who.official,
            territories=list(who.territories),
            address=actor.address,
            agent=actor.agent,
            correlation_id=actor.correlation_id,
            requested_at=clock.now(),
            attempts=0,
        )

    def begin(self) -> UUID:
        """Somebody works it off from now on; returns what they prove it with."""
        self.state, self.phase, self.rows_done = State.RUNNING, Phase.READING, 0
        self.attempts += 1
        self.started_at = self.started_at or clock.now()
        self.lease, self.leased_until = uuid7(), clock.now() + LEASE
        return self.lease

    def break_off(self) -> None:
        """Whoever worked it off could not; it is tried again a few times."""
        if after_failure(self.attempts) == State.FAILED:
            self.finish(State.FAILED)
        else:
            self.state, self.phase, self.lease, self.leased_until = State.WAITING, None, None, None

    def finish(self, state: State, **counts: Any) -> None:
        """It has come to its end. `counts`: created, changed, unchanged, fault_count, rows_done, rows_total."""
        self.state, self.phase, self.finished_at = state, None, clock.now()
        self.lease = self.leased_until = None
        for name, count in counts.items():
            setattr(self, name, count)


class ImportFile(Base):
    """The content of an import that is not yet worked off."""

    __tablename__ = "import_files"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportFault(Base):
    """One fault of a refused import, in the order of the sheet."""

    __tablename__ = "import_faults"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    column: Mapped[str]
    field: Mapped[str]
    reason_vi: Mapped[str]
    reason_en: Mapped[str]

    @property
    def cell(self) -> str:
        """Where it is: C15, or 15 for a whole row."""
        return f"{self.column}{self.row}"
