"""What the service does on hearing that units are reorganised."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.visits.database import as_rows, bulk_insert, table_of
from services.visits.reorganisations.moving import back, forth
from services.visits.reorganisations.queries import resting
from services.visits.reorganisations.rules import FOLLOWERS
from services.visits.units.model import Succession
from services.visits.units.rules import depth_of
from shared import clock
from shared.contracts.visits import REORGANISATION_UNDO_ANSWERED
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record_many

MOVED_AT_ONCE = 200
# A request may have read the old unit before this was known and write after it; every one is over by then.
_LATE = timedelta(seconds=60)


def follow_places(session: Session, events: list[Event]) -> None:
    """Let open work follow its place, or come back. An event older than what is known of its unit changes nothing.
    The number of statements does not grow with that of the events, nor with what moves."""
    for batch in _rounds(events):
        news = _keep(session, batch)
        now = clock.now()
        gone = [row for row in news if row.undone]
        due = [row for row in news if not row.undone and row.effective_on <= clock.today()]
        if gone:
            for follower in FOLLOWERS:
                back(follower).run(session, {"units": [row.unit_id for row in gone], "now": now})
        move(session, [(row.unit_id, row.unit_path) for row in due])


def move(session: Session, units: Iterable[tuple[UUID, str]]) -> None:
    """Move what is open on these units (id and path) to where it belongs; what is there already stays."""
    by_depth: dict[int, list[UUID]] = defaultdict(list)
    for unit_id, path in units:
        by_depth[depth_of(path)].append(unit_id)
    for depth, ids in sorted(by_depth.items()):
        for follower in FOLLOWERS:
            forth(follower, depth).run(session, {"units": sorted(ids), "now": clock.now()})


def move_late(session: Session) -> int:
    """Move what is open on units whose day has come, or which were moved a minute ago: what was under way then has
    been written by now. Returns how many units were looked at."""
    row = Succession
    wanted = select(row.unit_id, row.unit_path).where(row.move_at <= clock.now()).order_by(row.move_at)
    units = [
        (each, path)
        for each, path in session.execute(wanted.limit(MOVED_AT_ONCE).with_for_update(skip_locked=True))
    ]
    if units:
        move(session, units)
        session.execute(update(row).where(row.unit_id.in_([each for each, _ in units])).values(move_at=None))
    return len(units)


def answer_whether_undone(session: Session, events: list[Event]) -> None:
    """Say what rests on the units that began by a reorganisation; what only followed its place there does not."""
    answers = []
    for event in events:
        data = {name: event.data[name] for name in ("reorganisation_id", "asked_version")}
        data["dependents"] = resting(session, event.data["units"])
        new = NewEvent(REORGANISATION_UNDO_ANSWERED, event.subject, event.data["asked_version"], data)
        answers.append((new, event))
    record_many(session, answers)


def _rounds(events: Sequence[Event]) -> Iterator[list[Event]]:
    """Of each unit one event at a time, oldest first: what comes back must have gone before."""
    by_unit: dict[UUID, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda each: each.version):
        by_unit[event.data["unit"]["unit_id"]].append(event)
    for number in range(max(map(len, by_unit.values()), default=0)):
        yield [mine[number] for mine in by_unit.values() if number < len(mine)]


def _keep(session: Session, events: Sequence[Event]) -> Sequence[Any]:
    """Store each; returns those that are newer than what was known."""
    table = table_of(Succession)
    rows = [_row(event) for event in sorted(events, key=lambda each: each.data["unit"]["unit_id"])]
    statement = bulk_insert(table, tuple(rows[0]))
    new = statement.excluded
    kept = statement.on_conflict_do_update(
        index_elements=["unit_id"],
        set_={name: new[name] for name in rows[0] if name != "unit_id"},
        where=new.version > table.c.version,
    )
    returned = kept.returning(*(table.c[name] for name in ("unit_id", "unit_path", "undone", "effective_on")))
    return session.execute(returned, as_rows(rows)).all()


def _row(event: Event) -> dict[str, Any]:
    unit = event.data["unit"]
    named = ("reorganisation_id", "effective_on", "undone", "check", "heir", "hamlets")
    begins = datetime.combine(event.data["effective_on"], time.min, clock.LOCAL)
    return {
        "unit_id": unit["unit_id"],
        **{f"unit_{name}": unit[name] for name in ("code", "path", "name")},
        **{name: event.data[name] for name in named},
        "version": event.version,
        "move_at": None if event.data["undone"] else max(begins, clock.now() + _LATE),
    }
