"""Begin a replay, and carry out its next chunk."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from services.notifications.notifications.lanes import BULK
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import CALLING, HELPING
from services.notifications.replays.judging import judged
from services.notifications.replays.model import Replay
from services.notifications.replays.rules import CHUNK, MOST, Asked, WhyNot, replayable
from shared import clock
from shared.database import dumps
from shared.errors import RuleBroken
from shared.messaging.clockwork import clock_channel
from shared.messaging.wake import wake
from shared.prepared import Prepared

REPLAYING = clock_channel("notifications")

# What has happened to a row since it was judged is seen under its lock: it is taken as it was judged or not at all.
# In the bulk lane it holds up nothing that is new.
_TAKE = Prepared(
    """
    WITH locked AS MATERIALIZED (
        SELECT n.id, n.state, n.last_error
        FROM json_to_recordset(CAST(:rows AS json)) AS judged (id uuid, state text, replays int)
            JOIN notifications AS n ON n.id = judged.id AND n.state = judged.state AND n.replays = judged.replays
        WHERE n.acknowledged_at IS NULL AND n.answer IS NULL
            AND (n.lease_until IS NULL OR n.lease_until <= CAST(:now AS timestamptz))
        ORDER BY n.id FOR UPDATE OF n),
    noted AS (
        INSERT INTO replayed_notifications (replay_id, notification_id, at, state, error)
        SELECT CAST(:replay AS uuid), id, CAST(:now AS timestamptz), state, last_error FROM locked)
    UPDATE notifications AS n
    SET state = 'pending', due_at = CAST(:now AS timestamptz), lease_until = NULL, waiting = NULL, attempts = 0,
        tried_since = NULL, sent_at = NULL, lane = CAST(:lane AS smallint), replays = n.replays + 1
    FROM locked WHERE n.id = locked.id
    """
)


def begin(session: Session, asked: Asked, expects: dict[str, Any], reason: str) -> Replay:
    """Have notifications sent again; that is done chunk by chunk from the commit on. `expects` is the report of it.

    Raises RuleBroken if that is more than one replay may look at."""
    if expects["more"]:
        raise RuleBroken(f"These are more than {MOST} notifications: narrow the filter, by from and until say.")
    replay = Replay.begun(asked, reason=reason, expected=expects["replayed"])
    session.add(replay)
    session.flush()
    wake(session, REPLAYING)
    return replay


def replay_next(session: Session, only: UUID | None = None) -> Replay | None:
    """Carry out the next chunk of the oldest replay there is, or of that one; None if nothing is left to do, or if
    somebody else is at it."""
    due = select(Replay).where(Replay.due_at <= clock.now())
    if only:
        due = due.where(Replay.id == only)
    due = due.order_by(Replay.due_at, Replay.id).limit(1).with_for_update(skip_locked=True)
    replay = session.scalars(due.execution_options(populate_existing=True)).first()
    if replay is None:
        return None
    rows = _next(session, replay)
    fit = [row for row in rows if row.why is None]
    taken = _take(session, replay, fit) if fit else 0
    left = Counter(WhyNot(row.why) for row in rows if row.why is not None)
    left[WhyNot.CHANGED] += len(fit) - taken
    replay.advance(rows[-1].id if rows else None, len(rows), taken, left)
    return replay


def _next(session: Session, replay: Replay) -> Sequence[Row[Any]]:
    """The next ones to look at: all of the ids, or those in a state that may be sent again."""
    asked = replay.asked
    statement = judged(asked)
    if asked.ids is None and asked.wanted.state is None:
        statement = statement.where(Notification.state.in_(replayable(replay.again)))
    if replay.cursor is not None:
        statement = statement.where(Notification.id > replay.cursor)
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    return session.execute(statement.order_by(Notification.id).limit(CHUNK)).all()


def _take(session: Session, replay: Replay, fit: Sequence[Row[Any]]) -> int:
    rows = [{"id": row.id, "state": row.state, "replays": row.replays} for row in fit]
    values = {"rows": dumps(rows), "replay": replay.id, "now": clock.now(), "lane": BULK}
    taken = _TAKE.run(session, values)
    if taken:
        wake(session, HELPING)
        wake(session, CALLING)
    return taken
