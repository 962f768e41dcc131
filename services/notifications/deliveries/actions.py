"""Claim what is due and record how it went: a fixed number of statements for any number of messages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.notifications.deliveries.rules import Change, Outcome, lateness_bucket
from services.notifications.notifications.rules import Channel, State
from shared.database import dumps
from shared.ids import uuid7

_CLAIM = text(
    """
    WITH due AS (
        SELECT id FROM notifications
        WHERE due_at <= :now AND (lease_until IS NULL OR lease_until <= :now)
        ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED),
    claimed AS (
        UPDATE notifications AS n SET lease_until = :lease_until FROM due WHERE n.id = due.id
        RETURNING n.id, n.escalation_id, n.official_id, n.full_name, n.reasons, n.created_at, n.due_at,
                  n.attempts, n.tried_since)
    SELECT claimed.*, contacts.official_id IS NOT NULL AS known, contacts.email, contacts.language
    FROM claimed LEFT JOIN contacts ON contacts.official_id = claimed.official_id
    ORDER BY claimed.due_at, claimed.id
    """
)
_RECORD = text(
    """
    UPDATE notifications AS n
    SET state = new.state, due_at = new.due_at, lease_until = new.lease_until, waiting = new.waiting,
        attempts = n.attempts + CAST(new.tried AS int),
        tried_since = CASE WHEN new.tried THEN coalesce(n.tried_since, :now) ELSE n.tried_since END,
        last_error = coalesce(new.error, n.last_error),
        sent_at = CASE WHEN new.state = 'sent' THEN CAST(:now AS timestamptz) END,
        version = n.version + CAST(new.state = 'failed' AS int)
    FROM json_to_recordset(CAST(:rows AS json))
        AS new (id uuid, state text, due_at timestamptz, lease_until timestamptz, waiting text, tried boolean,
                error text)
    WHERE n.id = new.id AND (n.state = 'pending' OR n.state = 'failed' AND new.state = 'sent')
    RETURNING n.id, n.state, n.version
    """
)
_ATTEMPTS = text(
    """
    INSERT INTO delivery_attempts (notification_id, id, at, provider, outcome, code, answer, seconds)
    SELECT notification_id, id, at, :provider, outcome, code, answer, seconds
    FROM json_to_recordset(CAST(:rows AS json))
        AS row (notification_id uuid, id uuid, at timestamptz, outcome text, code int, answer text, seconds float)
    """
)
_COUNT = text(
    """
    INSERT INTO delivery_counts AS known (channel, outcome, total)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (channel text, outcome text, total bigint)
    ON CONFLICT (channel, outcome) DO UPDATE SET total = known.total + excluded.total
    """
)
_COUNT_LATENESS = text(
    """
    INSERT INTO lateness_counts AS known (le, total, seconds)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (le float, total bigint, seconds float)
    ON CONFLICT (le) DO UPDATE SET total = known.total + excluded.total, seconds = known.seconds + excluded.seconds
    """
)

ANSWER_LIMIT = 500  # letters of a provider's answer that are kept


@dataclass(slots=True)
class Settled:
    """What became of one claimed notification. `outcome` is None if it was not tried."""

    row: Row[Any]
    change: Change
    at: datetime
    outcome: Outcome | None = None
    code: int | None = None
    answer: str = ""
    seconds: float = 0.0


def claim_due(session: Session, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Row[Any]]:
    """Take up to `limit` due notifications for the length of a lease, oldest first, each with its contact."""
    # Nothing is lost if a crash of the server undoes a claim: the rows are merely due again.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    return session.execute(_CLAIM, {"now": now, "limit": limit, "lease_until": now + lease}).all()


def record_settled(session: Session, settled: Sequence[Settled], provider: str, now: datetime) -> list[Row[Any]]:
    """Write what became of claimed notifications; returns those that have failed now: (id, state, version)."""
    changes = [
        {
            "id": each.row.id,
            "state": each.change.state,
            "due_at": each.change.due_at,
            "lease_until": each.change.lease_until,
            "waiting": each.change.waiting,
            "tried": each.change.tried,
            "error": each.change.error and _clean(each.change.error),
        }
        for each in settled
    ]
    rows = session.execute(_RECORD, {"rows": dumps(changes), "now": now}).all()
    tried = [each for each in settled if each.outcome]
    if tried:
        _record_attempts(session, tried, provider)
        _count_chunk(session, tried)
    return [row for row in rows if row.state == State.FAILED]


def _record_attempts(session: Session, tried: Sequence[Settled], provider: str) -> None:
    rows = [
        {
            "notification_id": each.row.id,
            "id": uuid7(),
            "at": each.at,
            "outcome": each.outcome,
            "code": each.code,
            "answer": _clean(each.answer),
            "seconds": each.seconds,
        }
        for each in tried
    ]
    session.execute(_ATTEMPTS, {"rows": dumps(rows), "provider": provider})


def _count_chunk(session: Session, tried: Sequence[Settled]) -> None:
    outcomes = Counter((Channel.EMAIL, each.outcome) for each in tried)
    count_deliveries(session, {key: total for key, total in outcomes.items() if key[1]})  # type: ignore[misc]
    lateness: dict[float, tuple[int, float]] = {}
    for each in tried:
        if each.outcome is Outcome.SENT:
            seconds = max((each.at - each.row.due_at).total_seconds(), 0.0)
            total, added = lateness.get(le := lateness_bucket(seconds), (0, 0.0))
            lateness[le] = total + 1, added + seconds
    if lateness:
        # As text, because JSON has no infinity.
        rows = [{"le": str(le), "total": lateness[le][0], "seconds": lateness[le][1]} for le in sorted(lateness)]
        session.execute(_COUNT_LATENESS, {"rows": dumps(rows)})


def count_deliveries(session: Session, totals: Mapping[tuple[str, str], int]) -> None:
    """Add to the counters of (channel, outcome), which are locked in one order by everybody."""
    rows = [
        {"channel": channel, "outcome": outcome, "total": totals[channel, outcome]}
        for channel, outcome in sorted(totals)
        if totals[channel, outcome]
    ]
    if rows:
        session.execute(_COUNT, {"rows": dumps(rows)})


def _clean(answer: str) -> str:
    return answer.replace("\x00", "")[:ANSWER_LIMIT]
