"""Reads of replays: what one would do, which there were, and what came of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, not_, or_, select, text
from sqlalchemy.orm import Session

from services.notifications.notifications.model import Notification
from services.notifications.replays.judging import judged
from services.notifications.replays.model import Replay, Replayed
from services.notifications.replays.rules import MOST, SAMPLE, Asked, replayable
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def report(session: Session, asked: Asked) -> dict[str, Any]:
    """What a replay would do, nothing of which is done: how many notifications are meant (`more`: even more than
    one replay looks at), how many of what would be sent again, why how many would not, and a few that would.

    Raises NotFound naming `ids.N` for one that is not there, or outside the territory."""
    # As for the log: no one plan serves every territory and filter.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    found = _meant(asked)
    if asked.ids is not None:
        _check_there(session, asked, asked.ids)
    seen = found.limit(MOST + 1).subquery()
    columns = (seen.c.state, seen.c.channel, seen.c.kind, seen.c.why)
    groups = session.execute(select(*columns, func.count().label("number")).group_by(*columns)).all()
    left: Counter[str] = Counter()
    for row in groups:
        left[row.why] += row.number
    again = left.pop(None, 0)  # type: ignore[call-overload]
    total = again + sum(left.values())
    fit = found.subquery()
    sample = session.execute(select(fit).where(fit.c.why.is_(None)).order_by(fit.c.id).limit(SAMPLE)).mappings()
    return {
        "matched": min(total, MOST),
        "more": total > MOST,
        "replayed": again,
        "groups": sorted((_group(row) for row in groups if row.why is None), key=lambda each: tuple(each.values())),
        "left": dict(sorted(left.items())),
        "sample": [dict(row) for row in sample],
    }


def listing(session: Session, who: Principal, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of replays that reached no further than the territory, newest first."""
    return paginate(session, _seen_by(who), Replay.id, limit=limit, cursor=cursor, descending=True)


def one(session: Session, replay_id: UUID, who: Principal) -> Replay:
    """A replay. Raises NotFound, also for one that reached beyond the territory."""
    found: Replay | None = session.scalars(_seen_by(who).where(Replay.id == replay_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def became_of(session: Session, replay_id: UUID) -> dict[str, int]:
    """How many of what it had sent again stand how by now, by state."""
    statement = (
        select(Notification.state, func.count())
        .join(Replayed, Replayed.notification_id == Notification.id)
        .where(Replayed.replay_id == replay_id)
        .group_by(Notification.state)
        .order_by(Notification.state)
    )
    return {state: count for state, count in session.execute(statement)}


def replays_of(session: Session, notification_id: UUID) -> Sequence[Any]:
    """The replays of a notification, oldest first, each with how it stood before."""
    statement = (
        select(Replayed.replay_id, Replayed.at, Replay.by, Replay.reason, Replayed.state, Replayed.error)
        .join(Replay, Replay.id == Replayed.replay_id)
        .where(Replayed.notification_id == notification_id)
    )
    return session.execute(statement.order_by(Replayed.at, Replayed.replay_id)).all()


def _meant(asked: Asked) -> Select[Any]:
    """Unless a state or ids are named: what may be sent again, and what is still on its way."""
    found = judged(asked)
    if asked.ids is not None or asked.wanted.state:
        return found
    # `due_at` and not the state, because that is what the small indexes hold.
    pending = Notification.due_at.is_not(None)
    return found.where(or_(*(Notification.state == each for each in replayable(asked.again)), pending))


def _check_there(session: Session, asked: Asked, ids: Sequence[UUID]) -> None:
    there = set(session.scalars(judged(asked).with_only_columns(Notification.id)))
    for place, each in enumerate(ids):
        if each not in there:
            raise NotFound(field=f"ids.{place}")


def _group(row: Row[Any]) -> dict[str, Any]:
    return {"state": row.state, "channel": row.channel, "kind": row.kind, "count": row.number}


def _seen_by(who: Principal) -> Select[Any]:
    place = func.unnest(Replay.territories).column_valued("place")
    beyond = select(place).where(not_(territory_filter(place, who))).exists()
    return select(Replay).where(~beyond)
