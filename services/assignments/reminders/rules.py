"""What a reminder is, and when two are the same. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID, uuid5

from shared.contracts.assignments import REMINDER_DUE
from shared.messaging.events import NewEvent

# Another one than that of visits: notifications keeps the reminders of both in one table.
_NAMESPACE = UUID("b7f3a0b2-4f0e-5d0f-9a43-4d8c1b8c6e15")


@dataclass(frozen=True, slots=True)
class Reminder:
    """What some officials are told: `kind` such as "absence_approved", about `subject_id`, for that local day.

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

    @property
    def id(self) -> UUID:
        """The same for the same kind, subject and day: said twice, it is one reminder."""
        return uuid5(_NAMESPACE, f"{self.kind}/{self.subject_id}/{self.day}")


def reminder_due(reminder: Reminder) -> NewEvent:
    """The event that has notifications tell the recipients, each person once."""
    people = dict(reminder.recipients)
    data = asdict(reminder) | {
        "reminder_id": reminder.id,
        "recipients": [{"official_id": each, "full_name": name} for each, name in people.items()],
        "issue_id": None,
        "issue_code": None,
    }
    return NewEvent(REMINDER_DUE, str(reminder.id), 1, data)
