"""Posts, and the rules of each over time, as rows."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class Post(Base):
    """A post: what it is attached to (a level's code, "cluster" or "hamlet"), and whether several officials may
    hold it for one place at a time. It is in force while it has a rule."""

    __tablename__ = "posts"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    attached_to: Mapped[str]
    several: Mapped[bool]
    source: Mapped[str]
    version: Mapped[int]


class PostRule(Base):
    """What holds of a post from a day until just before another: the post a vacancy falls to, the step of an
    escalation from which it is asked (`position` orders the posts of a step) if any, and whether every place it is
    attached to needs a holder."""

    __tablename__ = "post_rules"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint("(step IS NULL) = (position IS NULL)", name="asked"),
    )

    post_code: Mapped[str] = mapped_column(ForeignKey("posts.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    above: Mapped[str | None] = mapped_column(ForeignKey("posts.code"))
    step: Mapped[int | None] = mapped_column(SmallInteger)
    position: Mapped[int | None] = mapped_column(SmallInteger)
    required: Mapped[bool]
    source: Mapped[str]
