"""Keep the projection of who can be reached."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from shared.database import dumps
from shared.messaging.events import Event
from shared.prepared import Prepared

_KEEP = Prepared(
    """
    INSERT INTO reach AS known (official_id, reachable, reason, since, version)
    SELECT * FROM json_to_recordset(CAST(:rows AS json))
        AS row (official_id uuid, reachable boolean, reason text, since timestamptz, version int)
    ON CONFLICT (official_id) DO UPDATE SET reachable = excluded.reachable, reason = excluded.reason,
        since = excluded.since, version = excluded.version
    WHERE excluded.version > known.version
    """
)


def keep_reach(session: Session, events: Sequence[Event]) -> None:
    """Apply contact.changed events in one statement; an older version than the one known is ignored."""
    newest: dict[UUID, Event] = {}
    for event in events:
        official_id = event.data["official_id"]
        if official_id not in newest or event.version > newest[official_id].version:
            newest[official_id] = event
    rows = [
        newest[each].data | {"since": newest[each].time, "version": newest[each].version} for each in sorted(newest)
    ]
    _KEEP.run(session, {"rows": dumps(rows)})
