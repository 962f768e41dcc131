"""Forgetting, in small batches: finished events, old inbox marks, old idempotency keys."""

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

KEEP_EVENTS_DAYS = 30
# Longer than any repeat: an unfinished event is published again every five minutes at the latest.
KEEP_INBOX_DAYS = 90
KEEP_KEYS_DAYS = 2
BATCH = 5000

_PRUNES = {
    "outbox": (
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE waiting_for = '{}' "
        "AND recorded_at < now() - make_interval(days => :days) LIMIT :limit)",
        KEEP_EVENTS_DAYS,
    ),
    "inbox": (
        "DELETE FROM inbox WHERE event_id IN (SELECT event_id FROM inbox "
        "WHERE received_at < now() - make_interval(days => :days) LIMIT :limit)",
        KEEP_INBOX_DAYS,
    ),
    "idempotency_keys": (
        "DELETE FROM idempotency_keys WHERE (client_id, key) IN (SELECT client_id, key FROM idempotency_keys "
        "WHERE created_at < now() - make_interval(days => :days) LIMIT :limit)",
        KEEP_KEYS_DAYS,
    ),
}


def prune(sessions: sessionmaker[Session]) -> dict[str, int]:
    """Delete what is past its time, one commit a batch; returns rows deleted per table."""
    deleted = dict.fromkeys(_PRUNES, 0)
    for table, (statement, days) in _PRUNES.items():
        while True:
            with sessions.begin() as session:
                count = _delete(session, statement, days)
            deleted[table] += count
            if count < BATCH:
                break
    return deleted


def _delete(session: Session, statement: str, days: int) -> int:
    result = session.execute(text(statement), {"days": days, "limit": BATCH})
    return result.rowcount  # type: ignore[attr-defined]
