"""After how many days something is worth a look."""

from sqlalchemy import CheckConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.visits.database import Base

SILENT_COMMUNE = "silent_commune"


class Threshold(Base):
    """A number of days, with the decision it rests on; rows are edited, not added."""

    __tablename__ = "thresholds"
    __table_args__ = (CheckConstraint("days > 0", name="days"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    version: Mapped[int]

    def change(self, days: int, source: str) -> None:
        """Set it anew."""
        self.days, self.source = days, source
        self.version += 1
