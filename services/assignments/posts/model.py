"""Posts and steps, as rows."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.assignments.database import Base


class Post(Base):
    """A post: what it is attached to (a level's code, "cluster" or "hamlet") and the post a vacancy falls to."""

    __tablename__ = "posts"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    attached_to: Mapped[str]
    above: Mapped[str | None] = mapped_column(ForeignKey("posts.code"))
    source: Mapped[str]


class Step(Base):
    """A post is asked from this step of an escalation on; `position` orders the posts of a step."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("post_code"), UniqueConstraint("step", "position"))

    step: Mapped[int] = mapped_column(primary_key=True)
    post_code: Mapped[str] = mapped_column(ForeignKey("posts.code"), primary_key=True)
    position: Mapped[int]
    source: Mapped[str]
