"""What goes out in one message."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row


@dataclass(slots=True, eq=False)
class Matter:
    """What a notice says (kind, facts, issue_id and its trace), and what was made of it for all its readers."""

    notice: Any
    made: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Parcel:
    """Claimed notifications of one person that go out in one message, each with its matter; usually one. The first
    names the message."""

    rows: tuple[Row[Any], ...]
    matters: tuple[Matter, ...]

    @property
    def first(self) -> Row[Any]:
        """The row whose id and contact stand for all."""
        return self.rows[0]
