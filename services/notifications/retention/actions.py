"""Forget, in batches, what is past its time and finished."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.retention.model import RetentionRule
from services.notifications.retention.rules import BATCH
from shared import clock, logs
from shared.errors import Forbidden, NotFound
from shared.web.auth import Principal

log = logs.get_logger()

# Finished: nothing of it is still to be sent and, where that is asked for, somebody has acknowledged it.
_FORGET = text(
    """
    WITH old AS MATERIALIZED (
        SELECT notices.id FROM retention_rules AS rule JOIN notices ON notices.kind = rule.kind
            AND notices.created_at < CAST(:now AS timestamptz) - make_interval(days => rule.keep_days)
        WHERE NOT EXISTS (SELECT FROM notifications WHERE notice_id = notices.id AND due_at IS NOT NULL)
            AND (NOT rule.until_acknowledged
                 OR EXISTS (SELECT FROM notifications WHERE notice_id = notices.id AND acknowledged_at IS NOT NULL)
                 OR NOT EXISTS (SELECT FROM notifications WHERE notice_id = notices.id))
        LIMIT :batch FOR UPDATE OF notices SKIP LOCKED),
    told AS (DELETE FROM notifications WHERE notice_id IN (SELECT id FROM old) RETURNING id),
    tried AS (DELETE FROM delivery_attempts WHERE notification_id IN (SELECT id FROM told)),
    replayed AS (DELETE FROM replayed_notifications WHERE notification_id IN (SELECT id FROM told))
    DELETE FROM notices WHERE id IN (SELECT id FROM old)
    """
)


def forget_old(sessions: sessionmaker[Session], batch: int = BATCH) -> int:
    """Delete notices past their time with everything about them, one commit a batch; returns how many."""
    total = 0
    while True:
        with sessions.begin() as session:
            result = session.execute(_FORGET, {"now": clock.now(), "batch": batch})
        count: int = result.rowcount  # type: ignore[attr-defined]
        total += count
        if count < batch:
            break
    if total:
        log.info("notices_forgotten", notices=total)
    return total


def open_rule(session: Session, kind: str, who: Principal) -> RetentionRule:
    """The rule of a kind to be changed, locked. Raises NotFound, Forbidden for a client whose territory is not
    everything: it holds everywhere."""
    if not who.covers(""):
        raise Forbidden("These rules hold everywhere; your territory does not.")
    found = session.get(RetentionRule, kind, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def set_rule(session: Session, rule: RetentionRule, given: dict[str, Any]) -> RetentionRule:
    """Change it; `given` is what RetentionRuleInput loads."""
    for name, value in given.items():
        setattr(rule, name, value)
    rule.version += 1
    session.flush()
    return rule
