"""Contributions, and the purposes they may have."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Numeric, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base
from services.visits.support.rules import QUANTITY_PLACES, WHAT
from services.visits.units.model import Unit
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7
from shared.text import fold

Instant = DateTime(timezone=True)


class Purpose(Base):
    """What support is for; a row, so that a province names its own."""

    __tablename__ = "support_purposes"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)


class Contribution(Base):
    """What a sponsor gave to a place through an official. Never changed: a wrong one is voided, and perhaps
    followed by another that `corrects` it."""

    __tablename__ = "contributions"
    __table_args__ = (
        CheckConstraint(
            "CASE kind WHEN 'money' THEN amount > 0 AND goods IS NULL AND quantity IS NULL AND measure IS NULL"
            " AND estimated_value IS NULL AND amount IS NOT NULL ELSE amount IS NULL AND goods IS NOT NULL"
            " AND quantity > 0 AND quantity IS NOT NULL AND measure IS NOT NULL END",
            name="what",
        ),
        Index("ix_contributions_unit_path", "unit_path", "given_on"),
        Index("ix_contributions_given_on", "given_on", "id"),
        Index("ix_contributions_official_id", "official_id", "given_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    unit_code: Mapped[str] = mapped_column(Text)
    unit_path: Mapped[str] = mapped_column(Text(collation="C"))
    unit_name: Mapped[str] = mapped_column(Text)  # in full, as it was called on that day
    sponsor_name: Mapped[str] = mapped_column(Text)
    sponsor_kind: Mapped[str] = mapped_column(Text)
    sponsor_folded: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    amount: Mapped[int | None] = mapped_column(BigInteger)  # đồng
    goods: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(15, QUANTITY_PLACES))
    measure: Mapped[str | None] = mapped_column(Text)
    estimated_value: Mapped[int | None] = mapped_column(BigInteger)  # đồng
    purpose: Mapped[str] = mapped_column(ForeignKey("support_purposes.code"))
    official_id: Mapped[UUID]
    official_name: Mapped[str] = mapped_column(Text)
    given_on: Mapped[date]
    document_number: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    corrects: Mapped[UUID | None] = mapped_column(ForeignKey("contributions.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str] = mapped_column(Text)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    voided_by: Mapped[str | None] = mapped_column(Text)
    void_reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def recorded(
        cls,
        unit: Unit,
        unit_name: str,
        official: Any,
        given: dict[str, Any],
        *,
        by: str,
        corrects: UUID | None = None,
    ) -> "Contribution":
        """A contribution just recorded; `given`: what ContributionInput loads, `official`: has id, full_name."""
        facts = ("kind", "purpose", "given_on", "document_number", "note", *WHAT)
        return cls(
            id=uuid7(),
            unit_id=unit.id,
            unit_code=unit.code,
            unit_path=unit.path,
            unit_name=unit_name,
            sponsor_name=given["sponsor"]["name"],
            sponsor_kind=given["sponsor"]["kind"],
            sponsor_folded=fold(given["sponsor"]["name"]),
            official_id=official.id,
            official_name=official.full_name,
            corrects=corrects,
            recorded_at=clock.now(),
            recorded_by=by,
            voided_at=None,
            voided_by=None,
            void_reason=None,
            **{name: given.get(name) for name in facts},
        )

    def void(self, reason: str, *, by: str) -> None:
        """It counts no longer. Raises RuleBroken if it was voided before."""
        if self.voided_at is not None:
            raise RuleBroken("This has been voided already.", voided_at=self.voided_at)
        self.voided_at, self.voided_by, self.void_reason = clock.now(), by, reason
