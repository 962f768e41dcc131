"""Say what is wrong, and that the operator knows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.notifications.alarms.rules import DETAIL_LIMIT, FORGOTTEN_AFTER, TOLD_AFTER
from shared.database import dumps
from shared.prepared import Prepared

_SAY = Prepared(
    """
    WITH wrong AS (
        SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS row (name text, detail text)),
    over AS (
        DELETE FROM alarms WHERE source = :source AND name NOT IN (SELECT name FROM wrong))
    INSERT INTO alarms AS known (source, name, detail, since, seen_at)
    SELECT CAST(:source AS text), name, detail, CAST(:now AS timestamptz), CAST(:now AS timestamptz) FROM wrong
    ON CONFLICT (source, name) DO UPDATE SET detail = excluded.detail, seen_at = excluded.seen_at,
        since = CASE WHEN known.seen_at < :forgotten THEN excluded.since ELSE known.since END,
        told_at = CASE WHEN known.seen_at < :forgotten THEN NULL ELSE known.told_at END
    """
)
_UNTOLD = Prepared(
    """
    UPDATE alarms SET told_at = :now WHERE told_at IS NULL AND since <= :before AND seen_at > :forgotten
    RETURNING source, name, detail, since
    """
)

_GIVE_BACK = Prepared(
    """
    UPDATE alarms AS a SET told_at = NULL
    FROM json_to_recordset(CAST(:rows AS json)) AS row (source text, name text)
    WHERE a.source = row.source AND a.name = row.name
    """
)


def say(session: Session, source: str, wrong: Mapping[str, str], now: datetime) -> None:
    """What is wrong now as far as this source sees, each with a detail; what it said before and is not wrong any
    more is over."""
    rows = [{"name": name, "detail": wrong[name].replace("\x00", "")[:DETAIL_LIMIT]} for name in sorted(wrong)]
    values = {"rows": dumps(rows), "source": source, "now": now, "forgotten": now - FORGOTTEN_AFTER}
    _SAY.run(session, values)


def take_untold(session: Session, now: datetime) -> Sequence[Any]:
    """What has stood for a while and the operator does not know of: (source, name, detail, since). Counts as told
    if this is committed."""
    values = {"now": now, "before": now - TOLD_AFTER, "forgotten": now - FORGOTTEN_AFTER}
    return sorted(_UNTOLD.named(session, values), key=lambda row: (row.since, row.source, row.name))


def give_back(session: Session, untold: Sequence[Any]) -> None:
    """The operator could not be told of these after all."""
    rows = [{"source": each.source, "name": each.name} for each in untold]
    _GIVE_BACK.run(session, {"rows": dumps(rows)})
