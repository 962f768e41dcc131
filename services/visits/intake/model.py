"""The rules of intake, and how often each sent something elsewhere."""

from datetime import date

from sqlalchemy import CheckConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class IntakePhrase(Base):
    """Words that weigh for an outcome; editable."""

    __tablename__ = "intake_phrases"
    __table_args__ = (
        CheckConstraint("outcome IN ('complaint', 'denunciation', 'state_secret')", name="outcome"),
        CheckConstraint("weight > 0", name="weight"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    outcome: Mapped[str] = mapped_column(Text)
    phrase: Mapped[str] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class IntakeGuidance(Base):
    """What people are told of an outcome, and the weight from which it is that; editable."""

    __tablename__ = "intake_guidance"

    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    threshold: Mapped[int] = mapped_column(SmallInteger)
    text_vi: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class IntakeCount(Base):
    """How many reports of a unit were sent elsewhere on a local day. It is all that is kept of them."""

    __tablename__ = "intake_counts"

    unit_path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]
