"""Keep the projection of holders up to date."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.notifications.projecting import newest
from shared.database import dumps
from shared.messaging.events import Event
from shared.prepared import Prepared
from shared.text import fold

_NAMES = (
    "official_id", "full_name", "folded", "post", "post_name_vi", "post_name_en", "attached_to", "place_id",
    "place_name", "unit_path", "legal_basis", "valid_from", "valid_to", "version",
)  # fmt: skip
_UPSERT = Prepared(
    f"""
    INSERT INTO holders AS known (assignment_id, {", ".join(_NAMES)})
    SELECT assignment_id, {", ".join(_NAMES)} FROM json_to_recordset(CAST(:rows AS json))
        AS row (assignment_id uuid, official_id uuid, full_name text, folded text, post text, post_name_vi text,
                post_name_en text, attached_to text, place_id uuid, place_name text, unit_path text,
                legal_basis text, valid_from date, valid_to date, version int)
    ON CONFLICT (assignment_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES)}
    WHERE excluded.version >= known.version
    """
)


def keep_holders(session: Session, events: Sequence[Event]) -> None:
    """Apply assignment.changed events in one statement; an older version than the one known is ignored."""
    rows = [row | {"folded": fold(row["full_name"])} for row in newest(events, "assignment_id")]
    _UPSERT.run(session, {"rows": dumps(rows)})
