"""What an issue can be about."""

from sqlalchemy import SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class Category(Base):
    """A category; rows are edited, never deleted: an inactive one stays for the issues that have it."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool]
