"""Keep the projection of units up to date."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.notifications.projecting import newest
from services.notifications.units.model import Unit
from shared.database import dumps
from shared.messaging.events import Event
from shared.prepared import Prepared

_UPSERT = Prepared(
    f"""
    INSERT INTO {Unit.__tablename__} AS known (id, code, name, level, path, valid_from, valid_to, version)
    SELECT unit_id, code, name, level, path, valid_from, valid_to, version
    FROM json_to_recordset(CAST(:rows AS json))
        AS row (unit_id uuid, code text, name text, level text, path text, valid_from date, valid_to date,
                version int)
    ON CONFLICT (id) DO UPDATE SET
        code = excluded.code, name = excluded.name, level = excluded.level, path = excluded.path,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, version = excluded.version
    WHERE excluded.version >= known.version
    """
)


def keep_units(session: Session, events: Sequence[Event]) -> None:
    """Apply unit.changed events in one statement; an older version than the one known is ignored."""
    _UPSERT.run(session, {"rows": dumps(newest(events, "unit_id"))})
