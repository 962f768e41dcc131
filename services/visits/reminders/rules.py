"""What a reminder is, and when two are the same. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

_NAMESPACE = UUID("5d0c7b0e-9a52-5c2e-8f6d-2b3f9d1c7a41")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What some officials are told: `kind` such as "visit_overdue", about `subject_id`, for that local day.

    `recipients` are (official id, full name); the texts are plain, one paragraph a line.
    """

    kind: str
    subject_id: UUID
    day: date
    recipients: Sequence[tuple[UUID, str]]
    unit_path: str
    title_vi: str
    title_en: str
    body_vi: str
    body_en: str
    issue_id: UUID | None = None
    issue_code: str | None = None

    @property
    def id(self) -> UUID:
        """The same for the same kind, subject and day: said twice, it is one reminder."""
        return uuid5(_NAMESPACE, f"{self.kind}/{self.subject_id}/{self.day}")
