"""Where an escalation stands by what those told of it have said: of each person the newest thing counts, and of the
acknowledgements that stand the earliest, whatever order they are heard in.

Each step costs a constant number of statements for any number of facts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.orm import Session

from services.visits.database import as_rows, bulk_insert, rows_of, table_of
from services.visits.escalations.model import Escalation, Recipient
from services.visits.escalations.waiting import Waiting, await_acknowledgement, await_follow_up
from services.visits.issues import rules
from services.visits.issues.model import Issue
from services.visits.issues.rules import State
from shared.errors import NotFound
from shared.messaging.events import Event
from shared.prepared import Prepared

RECIPIENTS, ISSUES = table_of(Recipient), table_of(Issue)

Person = tuple[UUID, UUID]  # escalation, official


class Answer(StrEnum):
    """What somebody told may say besides having seen it."""

    TAKEN = "taken"  # will handle it; it is acknowledged with that
    HANDED_OVER = "handed_over"
    DECLINED = "declined"  # not theirs
    RETURNED = "returned"  # the acknowledgement is taken back


class First(NamedTuple):
    """The earliest acknowledgement of an escalation that stands."""

    at: datetime
    official_id: UUID
    full_name: str


class Heard(NamedTuple):
    """What came of a batch: who said something new, and whose acknowledgement is the first now, by escalation;
    `known` is how it was before."""

    known: dict[UUID, Any]
    fresh: set[Person]
    firsts: dict[UUID, First | None]


_RECKON = text(
    """
    UPDATE escalations SET acknowledged_at = first.acknowledged_at, acknowledged_by = first.official_id,
        acknowledged_by_name = first.full_name
    FROM unnest(CAST(:ids AS uuid[])) AS asked (id) LEFT JOIN LATERAL (
        SELECT acknowledged_at, official_id, full_name FROM escalation_recipients
        WHERE escalation_id = asked.id AND acknowledged_at IS NOT NULL
        ORDER BY acknowledged_at, official_id LIMIT 1) AS first ON true
    LEFT JOIN LATERAL (
        SELECT official_id, full_name FROM escalation_recipients
        WHERE escalation_id = asked.id AND answer = 'taken'
        ORDER BY answered_at DESC, official_id LIMIT 1) AS taken ON true
    WHERE escalations.id = asked.id
    RETURNING escalations.id, first.acknowledged_at AS at, first.official_id, first.full_name,
        taken.official_id AS taken_by, taken.full_name AS taken_by_name
    """
)
_SELECT = """
    SELECT e.id, e.step, e.issue_id, e.at, e.routed_at, e.acknowledged_by, e.acknowledged_by_name,
        i.state, i.unit_id, i.hamlet_id, i.unit_path, i.unit_name, i.code, i.title, i.sensitivity,
        i.handler_id, i.handler_name, i.step AS at_step
    FROM escalations AS e JOIN issues AS i ON i.id = e.issue_id WHERE e.id = ANY(CAST(:ids AS uuid[]))
    """
_KNOWN = Prepared(_SELECT)
# In one order, so that two workers cannot deadlock.
_KNOWN_LOCKED = Prepared(f"{_SELECT} ORDER BY i.id FOR NO KEY UPDATE OF i")


def hear(session: Session, events: Sequence[Event]) -> Heard:
    """Note what people said: on their rows, on the escalation, on its issue and on what the ladder waits for."""
    known = escalations(session, (event.data["escalation_id"] for event in events), lock_issues=True)
    fresh = _note_people(session, events)
    rows = session.execute(_RECKON, {"ids": sorted(known)}).all()
    firsts = {row.id: First(row.at, row.official_id, row.full_name) if row.at else None for row in rows}
    heard = Heard(known, fresh, firsts)
    said_at = {event.data["escalation_id"]: _said_at(event.data) for event in sorted(events, key=_said_at_of)}
    _move_issues(session, heard, {row.id: (row.taken_by, row.taken_by_name) for row in rows}, said_at)
    return heard


def escalations(session: Session, ids: Iterable[UUID], *, lock_issues: bool = False) -> dict[UUID, Any]:
    """The escalations and where their issues stand. Raises NotFound for one this database never made:
    the event then becomes a dead letter, which tells the operator that a backup is older than the world."""
    wanted = sorted(set(ids))
    statement = _KNOWN_LOCKED if lock_issues else _KNOWN
    found = {row.id: row for row in statement.named(session, {"ids": wanted})}
    missing = [str(each) for each in wanted if each not in found]
    if missing:
        raise NotFound(f"No escalation {', '.join(missing)} was ever made here.")
    return found


def _note_people(session: Session, events: Sequence[Event]) -> set[Person]:
    newest: dict[Person, tuple[Any, dict[str, Any]]] = {}
    for event in events:
        row = _row(event)
        # Two ways of saying the same thing have one version: the earlier counts.
        rank = (row["version"], -row["answered_at"].timestamp())
        person = (row["escalation_id"], row["official_id"])
        if person not in newest or rank > newest[person][0]:
            newest[person] = (rank, row)
    # Rows are written in this order, so that two workers who meet the same people cannot deadlock.
    rows = [newest[person][1] for person in sorted(newest)]
    statement = bulk_insert(RECIPIENTS, tuple(rows[0]))
    new, old = statement.excluded, RECIPIENTS.c
    kept = ("escalation_id", "official_id", "full_name", "reasons")
    statement = statement.on_conflict_do_update(
        index_elements=["escalation_id", "official_id"],
        set_={name: new[name] for name in rows[0] if name not in kept},
        where=or_(new.version > old.version, and_(new.version == old.version, new.answered_at < old.answered_at)),
    )
    said = session.execute(statement.returning(old.escalation_id, old.official_id), as_rows(rows))
    return {(row.escalation_id, row.official_id) for row in said}


def _row(event: Event) -> dict[str, Any]:
    """What a person said, as a row; having seen it is no answer."""
    fact = event.data
    return {
        "escalation_id": fact["escalation_id"],
        "official_id": fact["official_id"],
        "full_name": fact["full_name"],
        "reasons": [],
        "acknowledged_at": fact["acknowledged_at"],
        "acknowledged_over": fact["channel"] if fact["acknowledged_at"] else None,
        "answer": fact.get("answer"),
        "answered_at": _said_at(fact),
        "answer_reason": fact.get("reason"),
        "answer_to": fact.get("to_full_name"),
        "version": event.version,
    }


def _said_at(fact: Mapping[str, Any]) -> datetime:
    at: datetime = fact.get("answered_at") or fact["acknowledged_at"]
    return at


def _said_at_of(event: Event) -> datetime:
    return _said_at(event.data)


def _move_issues(
    session: Session,
    heard: Heard,
    takers: Mapping[UUID, tuple[UUID | None, str | None]],
    said_at: Mapping[UUID, datetime],
) -> None:
    """The first acknowledgement acknowledges the issue, if it stands at that step; it waits anew when none stands
    any more. Who said last that they will handle it is its handler."""
    follow_up: list[Waiting] = []
    anew: list[Waiting] = []
    rows = []
    standing = _standing_otherwise(session, heard)
    for each in heard.known.values():
        first, state, moved = heard.firsts[each.id], State(each.state), None
        if first:
            if moved := rules.acknowledged(state, each.at_step, each.step):
                follow_up.append(Waiting(each.issue_id, each.step, first.at))
        elif each.issue_id not in standing and (moved := rules.unacknowledged(state, each.at_step, each.step)):
            anew.append(Waiting(each.issue_id, each.step, said_at[each.id]))
        handler = _handler(each, takers[each.id], heard.fresh)
        if moved or handler[0] != each.handler_id:
            names = {"handler_id": handler[0], "handler_name": handler[1]}
            rows.append({"id": each.issue_id, "state": moved or state, "moved": bool(moved)} | names)
    _update_issues(session, rows)
    await_follow_up(session, follow_up)
    await_acknowledgement(session, anew)


def _standing_otherwise(session: Session, heard: Heard) -> set[UUID]:
    """The issues of which some escalation to the step where they stand is acknowledged, if none heard of now is."""
    lost = sorted({heard.known[each].issue_id for each, first in heard.firsts.items() if first is None})
    if not lost:
        return set()
    statement = (
        select(Escalation.issue_id)
        .join(Issue, Issue.id == Escalation.issue_id)
        .where(Issue.id.in_(lost), Escalation.step == Issue.step, Escalation.acknowledged_at.is_not(None))
    )
    return set(session.scalars(statement))


def _handler(
    each: Any, taker: tuple[UUID | None, str | None], fresh: Collection[Person]
) -> tuple[UUID | None, str | None]:
    """Who handles an issue that is raised: whoever takes it, until the same person lets go of it."""
    if State(each.state) in rules.RAISED and each.step == each.at_step:
        if taker[0]:
            return taker
        if (each.id, each.handler_id) in fresh:
            return None, None
    return each.handler_id, each.handler_name


def _update_issues(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    by_issue: dict[UUID, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.pop("moved")):  # of several escalations, the one that moves it last
        by_issue[row["id"]] = row
    if not by_issue:
        return
    names = ["id", "state", "handler_id", "handler_name"]
    given = rows_of(ISSUES, names).subquery()
    values = {name: given.c[name] for name in names[1:]} | {"version": ISSUES.c.version + 1}
    statement = update(ISSUES).where(ISSUES.c.id == given.c.id).values(values)
    session.execute(statement, as_rows(list(by_issue.values())))
