"""Keep the projection of contacts up to date."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.database import dumps
from shared.messaging.events import Event

_UPSERT = text(
    """
    INSERT INTO contacts AS known (official_id, full_name, email, phone, language, active, version)
    SELECT * FROM json_to_recordset(CAST(:rows AS json))
        AS row (official_id uuid, full_name text, email text, phone text, language text, active boolean,
                version int)
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
    rows = [newest[official_id].data | {"version": newest[official_id].version} for official_id in sorted(newest)]
    session.execute(_UPSERT, {"rows": dumps(rows)})
    return list(newest)
