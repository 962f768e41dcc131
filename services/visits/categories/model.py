"""What an issue can be about."""

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base

OWN_DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"


class Category(Base):
    """A category in a tree; rows are edited, never deleted: an inactive one stays for the issues that have it."""

    __tablename__ = "categories"
    __table_args__ = (Index("ix_categories_parent", "parent"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(SmallInteger)
    active: Mapped[bool]
    parent: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))  # null: at the top
    needs_evidence: Mapped[bool] = mapped_column(server_default=false())  # a photograph or document
    urgent: Mapped[bool] = mapped_column(server_default=false())  # disaster, epidemic, accident, security
    source: Mapped[str] = mapped_column(Text, server_default=text(f"'{OWN_DEFAULT}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
