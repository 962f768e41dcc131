"""Keep the projection of contacts up to date."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.messaging.events import Event

_UPSERT = text(
    """
    INSERT INTO contacts AS known (official_id, full_name, email, phone, language, active, version)
    SELECT * FROM unnest(
        CAST(:official_ids AS uuid[]), CAST(:full_names AS text[]), CAST(:emails AS text[]),
        CAST(:phones AS text[]), CAST(:languages AS text[]), CAST(:actives AS boolean[]), CAST(:versions AS int[]))
    ON CONFLICT (official_id) DO UPDATE SET
        full_name = excluded.full_name, email = excluded.email, phone = excluded.phone,
        language = excluded.language, active = excluded.active, version = excluded.version
    WHERE excluded.version >= known.version
    """
)


def update_contacts(session: Session, events: Iterable[Event]) -> list[UUID]:
    """Apply official.changed events in one statement; an older version than the one known is ignored.
    Returns the officials concerned."""
    newest: dict[UUID, Event] = {}
    for event in events:
        official_id = event.data["official_id"]
        if official_id not in newest or event.version >= newest[official_id].version:
            newest[official_id] = event
    # Sorted, so that two workers who meet the same officials lock them in the same order.
    ids = sorted(newest)
    data = [newest[official_id].data for official_id in ids]
    arrays = {
        "official_ids": ids,
        "full_names": [each["full_name"] for each in data],
        "emails": [each["email"] for each in data],
        "phones": [each["phone"] for each in data],
        "languages": [each["language"] for each in data],
        "actives": [each["active"] for each in data],
        "versions": [newest[official_id].version for official_id in ids],
    }
    session.execute(_UPSERT, arrays)
    return ids
