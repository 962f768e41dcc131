"""Keep letters until they are sent, and no longer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.letters.rules import is_known
from services.notifications.notifications.rules import SENDING
from shared import clock
from shared.database import dumps
from shared.messaging.events import Event
from shared.messaging.wake import wake
from shared.prepared import Prepared

_KEEP = Prepared(
    """
    INSERT INTO letters
        (id, kind, official_id, full_name, address_digest, sealed_link, expires_at, due_at, attempts)
    SELECT row.*, CAST(:now AS timestamptz), 0
    FROM json_to_recordset(CAST(:rows AS json)) AS row (mail_id uuid, kind text, official_id uuid, full_name text,
        address_digest text, sealed_link text, expires_at timestamptz)
    WHERE expires_at > :now ON CONFLICT DO NOTHING
    """
)
_TAKE = Prepared(
    """
    WITH due AS (SELECT id FROM letters WHERE due_at <= :now ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE letters AS l SET due_at = :leased, attempts = attempts + 1
    FROM due LEFT JOIN LATERAL (
        SELECT c.email, c.language FROM contacts AS c JOIN letters AS o ON c.official_id = o.official_id
        WHERE o.id = due.id) AS contact ON true
    WHERE l.id = due.id RETURNING l.*, contact.email, contact.language
    """
)
_DROP = Prepared("DELETE FROM letters WHERE id = ANY(CAST(:ids AS uuid[]))")
_WAIT = Prepared("UPDATE letters SET due_at = :due_at WHERE id = :id")


def keep_letters(session: Session, events: Sequence[Event]) -> None:
    """Write down what is to be sent; the commit wakes the sender. One that came before changes nothing."""
    rows = [event.data for event in events if is_known(event.data["kind"])]
    _KEEP.run(session, {"rows": dumps(rows), "now": clock.now()})
    wake(session, SENDING)


def take_due(session: Session, now: datetime, limit: int, lease: timedelta) -> list[Any]:
    """Some due letters with the contact of each, for the length of a lease."""
    return _TAKE.named(session, {"now": now, "limit": limit, "leased": now + lease})


def drop(session: Session, letter_id: UUID) -> None:
    """Sent, or of no use: nothing of it is kept."""
    _DROP.run(session, {"ids": [letter_id]})


def wait(session: Session, letter_id: UUID, due_at: datetime) -> None:
    """Try again then."""
    _WAIT.run(session, {"id": letter_id, "due_at": due_at})
