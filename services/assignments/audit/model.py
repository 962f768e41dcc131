"""Rows of the audit log. They are written by the database's triggers and never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class AuditEntry(Base):
    """One row of one table, changed: `before` and `after` hold the whole row when it was made or deleted, and only
    what differs when it was changed. `txn` joins what one transaction did; `digest` is over all the rest."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_record_record_id_id", "record", "record_id", "id"),
        Index("ix_audit_log_actor_id", "actor", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    txn: Mapped[int] = mapped_column(BigInteger, index=True)
    position: Mapped[int] = mapped_column(Integer)  # within its statement
    operation: Mapped[str]  # insert, update, delete, truncate; baseline: it stood there when the log began
    record: Mapped[str]  # the table
    record_id: Mapped[str]  # its key; the parts of a longer one are joined by /
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    unit_path: Mapped[str | None] = mapped_column(Text(collation="C"))  # where it belongs, if it does anywhere
    actor_kind: Mapped[str]
    actor: Mapped[str]
    address: Mapped[str | None]
    agent: Mapped[str | None]
    correlation_id: Mapped[str | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class AuditLink(Base):
    """One link of the chain: the entries that one transaction committed together."""

    __tablename__ = "audit_chain"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    txn: Mapped[int] = mapped_column(BigInteger, index=True)
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(Integer)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
