"""Note what came back, keep the list of suppressed addresses, and say whom nobody can reach."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.reachability.model import Suppression
from services.notifications.reachability.rules import SOFT_LIMIT, SOFT_WITHIN, Bounce
from shared import clock
from shared.contracts.notifications import CONTACT_CHANGED
from shared.database import dumps
from shared.errors import RuleBroken
from shared.messaging import outbox
from shared.messaging.events import NewEvent
from shared.prepared import Prepared

# A report that names only the notification means the address its official has now; one that names an address only
# means that. Reports heard before are left out.
_NOTE = Prepared(
    """
    INSERT INTO bounces (key, kind, notification_id, address, status, detail, at)
    SELECT row.key, row.kind, n.id, lower(coalesce(contacts.email, row.address)), row.status, row.detail,
           CAST(:now AS timestamptz)
    FROM json_to_recordset(CAST(:rows AS json))
            AS row (key text, kind text, notification_id uuid, address text, status text, detail text)
        LEFT JOIN notifications AS n ON n.id = row.notification_id AND n.channel = 'email'
        LEFT JOIN contacts ON contacts.official_id = n.official_id AND
            (row.address IS NULL OR lower(contacts.email) = lower(row.address))
    WHERE coalesce(contacts.email, row.address) IS NOT NULL
        AND (n.id IS NOT NULL OR EXISTS (SELECT FROM contacts AS c WHERE lower(c.email) = lower(row.address)))
    ON CONFLICT DO NOTHING
    RETURNING kind, notification_id, address, status, detail
    """
)
_SUPPRESS = Prepared(
    """
    WITH heard AS (
        SELECT DISTINCT ON (address) address, kind, detail
        FROM json_to_recordset(CAST(:rows AS json)) AS row (address text, kind text, detail text)
        ORDER BY address, kind),
    failing AS (
        SELECT heard.*, (SELECT count(*) FROM bounces WHERE bounces.address = heard.address AND at > :since
            AND at > coalesce((SELECT max(lifted_at) FROM suppressions AS s WHERE s.address = heard.address),
                              '-infinity')) AS times
        FROM heard)
    INSERT INTO suppressions (id, address, trouble, detail, since, version)
    SELECT uuidv7(), address, CASE WHEN kind = 'hard' THEN 'bounced' ELSE 'failing' END, detail, :now, 1
    FROM failing WHERE kind = 'hard' OR times >= :limit
    ON CONFLICT (address) WHERE lifted_at IS NULL DO NOTHING
    """
)
_REACH = Prepared(
    """
    WITH found AS (
        SELECT c.official_id, CASE WHEN NOT c.active THEN NULL WHEN c.email IS NULL THEN 'no_address'
                                   ELSE s.trouble END AS trouble
        FROM contacts AS c LEFT JOIN suppressions AS s ON s.address = lower(c.email) AND s.lifted_at IS NULL
        WHERE c.official_id = ANY(CAST(:officials AS uuid[])))
    UPDATE contacts AS c SET trouble = found.trouble, reach_version = c.reach_version + 1
    FROM found WHERE c.official_id = found.official_id AND c.trouble IS DISTINCT FROM found.trouble
    RETURNING c.official_id, c.trouble, c.reach_version
    """
)


def note_bounces(session: Session, bounces: Sequence[Bounce]) -> list[tuple[UUID, str]]:
    """Keep bounces that were not heard of before, suppress the addresses that take no mail, and say which officials
    that puts out of reach. Returns the notifications that came back, each with the reason."""
    rows = [
        {
            "key": each.key,
            "kind": each.kind,
            "notification_id": each.notification_id,
            "address": each.address,
            "status": each.status,
            "detail": each.detail,
        }
        for each in sorted(bounces, key=lambda each: each.key)
    ]
    now = clock.now()
    fresh = _NOTE.named(session, {"rows": dumps(rows), "now": now})
    if not fresh:
        return []
    heard = [
        {"address": each.address, "kind": each.kind, "detail": f"{each.status} {each.detail}".strip()}
        for each in fresh
    ]
    _SUPPRESS.run(session, {"rows": dumps(heard), "now": now, "since": now - SOFT_WITHIN, "limit": SOFT_LIMIT})
    announce(session, _officials_at(session, [each.address for each in fresh]))
    return [
        (each.notification_id, f"came back: {each.status} {each.detail}".strip())
        for each in fresh
        if each.notification_id
    ]


def announce(session: Session, officials: Sequence[UUID]) -> None:
    """Tell who can be reached no more, or again: only what has changed since it was last told."""
    changed = _REACH.named(session, {"officials": sorted(officials)})
    for each in sorted(changed, key=lambda row: row.official_id):
        data = {"official_id": each.official_id, "reachable": each.trouble is None, "reason": each.trouble}
        outbox.record(session, NewEvent(CONTACT_CHANGED, str(each.official_id), each.reach_version, data))


def lift(session: Session, suppression: Suppression, reason: str, by: str) -> Suppression:
    """Let mail go to an address again. Raises RuleBroken if that is so already."""
    if suppression.lifted_at is not None:
        raise RuleBroken("Mail goes to this address already.")
    suppression.lift(reason, by)
    session.flush()
    announce(session, _officials_at(session, [suppression.address]))
    return suppression


def _officials_at(session: Session, addresses: Sequence[str]) -> list[UUID]:
    return list(session.scalars(select(Contact.official_id).where(func.lower(Contact.email).in_(addresses))))
