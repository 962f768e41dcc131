"""Claim what is due and record how it went: a fixed number of statements for any number of messages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.deliveries.asked import NOTHING, Asked
from services.notifications.deliveries.rules import Change, Outcome, lateness_bucket
from services.notifications.notifications.lanes import BULK, ORDINARY
from services.notifications.notifications.rules import Channel, State
from shared.database import dumps
from shared.ids import uuid7
from shared.prepared import Prepared
from shared.search import words

# One plan serves a lone mail and a full chunk: the lateral LIMITs keep it on the keys.
# Nothing is lost if a crash of the server undoes a claim: the rows are merely due again. So it need not wait for
# the disk, and the setting in the statement itself saves a round trip.
_CLAIM = Prepared(
    """
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), due AS (
        SELECT id, bundle FROM notifications, quick
        WHERE channel = :channel AND lane = CAST(:lane AS smallint) AND due_at <= :now
            AND (lease_until IS NULL OR lease_until <= :now)
        ORDER BY due_at, id LIMIT :limit FOR UPDATE OF notifications SKIP LOCKED),
    mates AS (
        SELECT mate.id FROM (SELECT DISTINCT bundle FROM due WHERE bundle IS NOT NULL) AS begun
        CROSS JOIN LATERAL (
            SELECT id FROM notifications
            WHERE bundle = begun.bundle AND due_at IS NOT NULL AND (lease_until IS NULL OR lease_until <= :now)
            LIMIT :mates FOR UPDATE SKIP LOCKED) AS mate),
    claimed AS (
        UPDATE notifications AS n SET lease_until = :lease_until
        FROM (SELECT id FROM due UNION SELECT id FROM mates) AS taken WHERE n.id = taken.id
        RETURNING n.id, n.notice_id, n.official_id, n.full_name, n.reasons, n.created_at, n.due_at,
                  n.attempts, n.tried_since, n.bundle, n.optional),
    counted AS (SELECT *, row_number() OVER (PARTITION BY notice_id) AS copy FROM claimed)
    SELECT counted.*, contacts.official_id IS NOT NULL AS known, contacts.email, contacts.phone,
           coalesce(preferences.language, contacts.language) AS language, suppressions.detail AS suppressed,
           notices.kind, notices.facts, notices.issue_id, notices.correlation_id, notices.traceparent
    FROM counted
        LEFT JOIN LATERAL (
            SELECT official_id, email, phone, language FROM contacts
            WHERE contacts.official_id = counted.official_id LIMIT 1) AS contacts ON true
        LEFT JOIN LATERAL (
            SELECT language FROM preferences
            WHERE preferences.official_id = counted.official_id LIMIT 1) AS preferences ON true
        LEFT JOIN LATERAL (
            SELECT detail FROM suppressions
            WHERE address = lower(contacts.email) AND lifted_at IS NULL LIMIT 1) AS suppressions ON true
        LEFT JOIN LATERAL (
            SELECT kind, facts, issue_id, correlation_id, traceparent FROM notices
            WHERE notices.id = counted.notice_id AND copy = 1 LIMIT 1) AS notices ON true
    ORDER BY counted.due_at, counted.id
    """
)
_RECORD = Prepared(
    """
    UPDATE notifications AS n
    SET state = new.state, due_at = new.due_at, lease_until = new.lease_until, waiting = new.waiting,
        attempts = n.attempts + new.tried,
        tried_since = CASE WHEN new.tried > 0 THEN coalesce(n.tried_since, CAST(:now AS timestamptz))
                           ELSE n.tried_since END,
        last_error = coalesce(new.error, n.last_error),
        error_words = coalesce(array_to_tsvector(new.words), n.error_words),
        failed_at = CASE WHEN new.state = 'failed' THEN coalesce(n.failed_at, CAST(:now AS timestamptz))
                         ELSE n.failed_at END,
        sent_at = CASE WHEN new.state = 'sent' THEN CAST(:now AS timestamptz) END,
        version = n.version + CAST(new.state = 'failed' AS int)
    FROM json_to_recordset(CAST(:rows AS json))
        AS new (id uuid, state text, due_at timestamptz, lease_until timestamptz, waiting text, tried int,
                error text, words text[])
    WHERE n.id = new.id AND (n.state = 'pending' OR n.state IN ('failed', 'unneeded') AND new.state = 'sent')
    RETURNING n.id, n.state, n.version, old.failed_at IS NOT NULL AS failed_before
    """
)
_ATTEMPTS = Prepared(
    """
    INSERT INTO delivery_attempts (notification_id, id, at, provider, outcome, code, answer, seconds, recipient,
                                   message_id, size, method, url)
    SELECT * FROM json_to_recordset(CAST(:rows AS json))
        AS row (notification_id uuid, id uuid, at timestamptz, provider text, outcome text, code int, answer text,
                seconds float, recipient text, message_id text, size int, method text, url text)
    """
)
_COUNT = Prepared(
    """
    INSERT INTO delivery_counts AS known (channel, outcome, total)
    SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (channel text, outcome text, total bigint)
    ON CONFLICT (channel, outcome) DO UPDATE SET total = known.total + excluded.total
    """
)
_COUNT_LATENESS = Prepared(
    """
    INSERT INTO lateness_counts AS known (channel, le, total, seconds)
    SELECT CAST(:channel AS text), row.*
    FROM json_to_recordset(CAST(:rows AS json)) AS row (le float, total bigint, seconds float)
    ON CONFLICT (channel, le) DO UPDATE
    SET total = known.total + excluded.total, seconds = known.seconds + excluded.seconds
    """
)

MATES = 500  # of a bundle, claimed beyond the limit, so that it is one message; a larger one is several
BULK_CHUNK = 8  # messages
ANSWER_LIMIT = 500  # letters of a provider's answer that are kept


@dataclass(slots=True)
class Attempt:
    """One try to hand a message to a provider, and what it said."""

    at: datetime
    provider: str
    outcome: Outcome
    code: int | None = None
    answer: str = ""
    seconds: float = 0.0
    asked: Asked = NOTHING


@dataclass(slots=True)
class Settled:
    """What became of one claimed notification: after no attempt, one, or several, one provider after another."""

    row: Row[Any]
    change: Change
    at: datetime
    attempts: Sequence[Attempt] = ()
    notice: Any = None  # what its notice says, for the event of a failure


def claim_due(
    session: Session, channel: Channel, *, limit: int, now: datetime, lease: timedelta, bulk: bool = True
) -> Sequence[Row[Any]]:
    """Take up to `limit` due notifications of a channel for the length of a lease, oldest first, each with its
    contact, and one of each notice with what the notice says. With a row of a bundle come its mates. Of the bulk
    lane only if `bulk`, and while nothing else is due."""
    values = {"channel": channel, "now": now, "limit": limit, "mates": MATES, "lease_until": now + lease}
    found = _CLAIM.named(session, values | {"lane": ORDINARY})
    if found or not bulk:
        return found
    # What was written in bulk goes out a few at a time, so that what is urgent never waits for long.
    return _CLAIM.named(session, values | {"lane": BULK, "limit": min(limit, BULK_CHUNK)})


def record_settled(session: Session, channel: Channel, settled: Sequence[Settled], now: datetime) -> list[Row[Any]]:
    """Write what became of claimed notifications; returns those that have failed now, or were sent after they had:
    (id, state, version, failed_before: whether they had once)."""
    changes = [
        {
            "id": each.row.id,
            "state": each.change.state,
            "due_at": each.change.due_at,
            "lease_until": each.change.lease_until,
            "waiting": each.change.waiting,
            "tried": len(each.attempts),
        }
        | _said(each.change.error)
        for each in settled
    ]
    rows = _RECORD.named(session, {"rows": dumps(changes), "now": now})
    if any(each.attempts for each in settled):
        _record_attempts(session, settled)
        _count_chunk(session, channel, settled)
    return [row for row in rows if row.state == State.FAILED or (row.state == State.SENT and row.failed_before)]


def _record_attempts(session: Session, settled: Sequence[Settled]) -> None:
    rows = [
        {
            "notification_id": each.row.id,
            "id": uuid7(),
            "at": attempt.at,
            "provider": attempt.provider,
            "outcome": attempt.outcome,
            "code": attempt.code,
            "answer": _clean(attempt.answer),
            "seconds": attempt.seconds,
            "recipient": attempt.asked.recipient,
            "message_id": attempt.asked.message_id,
            "size": attempt.asked.size,
            "method": attempt.asked.method,
            "url": attempt.asked.url,
        }
        for each in settled
        for attempt in each.attempts
    ]
    _ATTEMPTS.run(session, {"rows": dumps(rows)})


def _count_chunk(session: Session, channel: Channel, settled: Sequence[Settled]) -> None:
    count_deliveries(session, Counter((channel, tried.outcome) for each in settled for tried in each.attempts))
    lateness: dict[float, tuple[int, float]] = {}
    for each in settled:
        if each.change.state is State.SENT:
            seconds = max((each.at - each.row.due_at).total_seconds(), 0.0)
            total, added = lateness.get(le := lateness_bucket(seconds), (0, 0.0))
            lateness[le] = total + 1, added + seconds
    if lateness:
        # As text, because JSON has no infinity.
        rows = [{"le": str(le), "total": lateness[le][0], "seconds": lateness[le][1]} for le in sorted(lateness)]
        _COUNT_LATENESS.run(session, {"rows": dumps(rows), "channel": channel})


def count_deliveries(session: Session, totals: Mapping[tuple[str, str], int]) -> None:
    """Add to the counters of (channel, outcome), which are locked in one order by everybody."""
    rows = [
        {"channel": channel, "outcome": outcome, "total": totals[channel, outcome]}
        for channel, outcome in sorted(totals)
        if totals[channel, outcome]
    ]
    if rows:
        _COUNT.run(session, {"rows": dumps(rows)})


def _said(error: str | None) -> dict[str, Any]:
    """What goes wrong is rare: only then it is cut into the words it is found by."""
    if not error:
        return {}
    error = _clean(error)
    return {"error": error, "words": words(error)}


def _clean(answer: str) -> str:
    return answer.replace("\x00", "")[:ANSWER_LIMIT]
