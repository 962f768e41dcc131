"""Which units a following covers on a day. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

CLUSTER = "cluster"
HAMLET = "hamlet"


class Activity(StrEnum):
    """What an official does for a place: visits it, sits in a meeting there, reports on it, gives it feedback, or
    is in contact with it in another way."""

    VISIT = "visit"
    MEETING = "meeting"
    REPORT = "report"
    FEEDBACK = "feedback"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person whose post covers a unit."""

    official_id: UUID
    full_name: str
    post: str
    post_name_vi: str
    post_name_en: str
    unit_path: str
    hamlet_id: UUID | None


@dataclass(frozen=True, slots=True)
class Followed:
    """What a person follows: one assignment on one day. `communes` only for a cluster: those it holds that day."""

    following_id: UUID
    official_id: UUID
    full_name: str
    post: str
    post_name_vi: str
    post_name_en: str
    attached_to: str
    place_id: UUID
    place_name: str
    unit_path: str
    hamlet_id: UUID | None
    communes: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths inside which it applies."""
        return self.communes if self.attached_to == CLUSTER else (self.unit_path,)

    def covers(self, unit_path: str) -> bool:
        """Whether a unit lies inside what is followed."""
        return any(unit_path.startswith(path) for path in self.paths)


def communes_on(communes: Iterable[Mapping[str, Any]], on: date) -> tuple[str, ...]:
    """The paths of the communes that a cluster holds on a day, from its stored memberships (days as ISO text)."""
    day = on.isoformat()  # ISO days sort as days do
    held = (
        each["unit_path"]
        for each in communes
        if each["valid_from"] <= day and (each["valid_to"] is None or day < each["valid_to"])
    )
    return tuple(sorted(held))
