"""Officials as last heard of."""

from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base


class Official(Base):
    """A person who can hold posts. E-mail and phone are not kept here: nothing of this service needs them."""

    __tablename__ = "officials"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    version: Mapped[int]
