"""Making a plan, deciding in it, and asking whether it may be undone."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.assignments.database import insert_rows
from services.assignments.posts.model import Post
from services.assignments.reorganisations import listing
from services.assignments.reorganisations.dependents import dependents
from services.assignments.reorganisations.model import Item, ListedUnit, Reorganisation
from services.assignments.reorganisations.planning import Draft, drafts
from services.assignments.reorganisations.queries import changeable
from services.assignments.reorganisations.rules import LOWEST, Outcome, State, Subject
from services.assignments.reorganisations.situation import Situation
from services.assignments.reorganisations.telling import undo_asked
from shared.errors import BadInput, RuleBroken
from shared.ids import uuid7
from shared.messaging.events import Event
from shared.messaging.outbox import record
from shared.web.auth import Principal

_CHOICES = ("chosen_code", "chosen_end", "chosen_post", "note", "decided_at", "decided_by")


def plan(
    session: Session,
    who: Principal,
    *,
    name: str,
    legal_basis: str,
    effective_on: date,
    units: bytes,
    successors: bytes,
    provinces: Sequence[str] = (),
) -> Reorganisation:
    """Make a plan from a list of the units that begin and one of successions (CSV, see data/README.md). Of the list
    only what takes in a unit known here, and lies in `provinces` (old codes), if some are named. Raises Forbidden,
    or BadInput naming the file, with all faults."""
    who.check("")  # it moves what lies in many territories
    made = Reorganisation.planned(name, legal_basis, effective_on, who.client_id)
    session.add(made)
    session.flush()
    made.counts = listing.take(session, made, units, successors, provinces)
    session.flush()
    situation = Situation(session, made)
    listing.check_fit(session, made, situation)
    _write(session, made, drafts(situation), {})
    return made


def plan_again(session: Session, made: Reorganisation) -> Reorganisation:
    """Draft its items anew from what is recorded now; decisions are kept where they still make sense."""
    changeable(made)
    situation = Situation(session, made)
    listing.check_fit(session, made, situation)
    names = ("id", "version", *_CHOICES)
    stored = select(Item.kind, Item.subject_id, *(getattr(Item, name) for name in names))
    rows = session.execute(stored.where(Item.reorganisation_id == made.id)).all()
    kept = {(row.kind, row.subject_id): {name: getattr(row, name) for name in names} for row in rows}
    gone = delete(Item).where(Item.reorganisation_id == made.id)
    session.execute(gone.execution_options(synchronize_session=False))
    _write(session, made, drafts(situation), kept)
    made.version += 1
    return made


def decide(
    session: Session, made: Reorganisation, item: Item, who: Principal, *, unit: str | None, post: str | None,
    note: str | None,
) -> Item:  # fmt: skip
    """Say where something goes: to the new unit with this code, or (None) it ends. What hangs on a unit and was not
    decided by itself goes where the unit goes. Raises RuleBroken, BadInput."""
    _check_choice(session, made, item, unit, post)
    item.decide(unit, post, note, who.client_id)
    _follow(session, made, item)
    made.version += 1
    return item


def leave_open(session: Session, made: Reorganisation, item: Item) -> Item:
    """Take a decision back: it goes by the default."""
    changeable(made)
    item.leave_open()
    _follow(session, made, item)
    made.version += 1
    return item


def ask_to_undo(session: Session, made: Reorganisation, who: Principal, reason: str) -> Reorganisation:
    """Begin to undo it: the visits service is asked whether anything depends on it. Raises RuleBroken for what is
    not applied, and with the reason if something depends on it here."""
    may = (State.APPLIED, State.UNDO_ASKED, State.UNDO_READY)
    made.go(State.UNDO_ASKED, of=may, why="Only a reorganisation that was applied can be undone.")
    if found := dependents(session, made):
        raise RuleBroken(f"It can no longer be undone: {'; '.join(found)}.", dependents=found)
    made.undo_reason, made.undone_by, made.refusal = reason, who.client_id, None
    record(session, undo_asked(session, made))
    return made


def note_answers(session: Session, events: Sequence[Event]) -> None:
    """What the visits service says about undoing: it may be done now, or it is refused."""
    for event in events:
        made = session.get(Reorganisation, event.data["reorganisation_id"], with_for_update=True)
        if made is None or made.state != State.UNDO_ASKED or made.version != event.data["asked_version"]:
            continue  # asked again since
        found = event.data["dependents"]
        made.refusal = f"{'; '.join(found)}." if found else None
        made.go(State.APPLIED if found else State.UNDO_READY, of=(State.UNDO_ASKED,), why="")


def _write(
    session: Session, made: Reorganisation, found: Sequence[Draft], kept: dict[tuple[str, UUID], dict[str, Any]]
) -> None:
    """Write the drafts as items; `kept`: id, version and choice of those there were, by kind and subject."""
    nothing = {name: None for name in _CHOICES} | {"chosen_end": False}
    codes = set(session.scalars(select(ListedUnit.code).where(ListedUnit.reorganisation_id == made.id)))
    rows = []
    for each in found:
        before = kept.get((each["kind"], each["subject_id"])) or {"id": uuid7(), "version": 1, **nothing}
        if before["chosen_code"] is not None and before["chosen_code"] not in codes:
            before |= nothing
        rows.append({"reorganisation_id": made.id, **each, **before})
    for start in range(0, len(rows), 1000):
        insert_rows(session, Item, rows[start : start + 1000])
    counted = Counter(f"{each['kind']}.{each['outcome']}" for each in found)
    levels = Counter(each["details"]["level"] for each in found if each["kind"] == Subject.UNIT)
    listed = {name: made.counts[name] for name in listing.COUNTED}
    made.counts = listed | {"outcomes": dict(sorted(counted.items())), "ending": dict(sorted(levels.items()))}


def _check_choice(session: Session, made: Reorganisation, item: Item, code: str | None, post: str | None) -> None:
    changeable(made)
    if item.kind not in (Subject.UNIT, Subject.HAMLET, Subject.ASSIGNMENT):
        raise RuleBroken("There is nothing to decide about this.", kind=item.kind)
    if item.kind != Subject.ASSIGNMENT and item.outcome in (Outcome.MOVES, Outcome.ENDS):
        raise RuleBroken("The list leaves nothing to decide about this.", outcome=item.outcome)
    if post is not None and item.kind != Subject.ASSIGNMENT:
        raise BadInput("Only an assignment has a post.", field="post")
    if code is None:
        if item.kind == Subject.UNIT:
            raise BadInput("The open work of a unit goes somewhere: name a successor.", field="unit")
        return
    unit = session.get(ListedUnit, (made.id, code))
    if unit is None:
        raise BadInput("No unit of the list has this code.", field="unit")
    if item.kind == Subject.ASSIGNMENT:
        held = session.get(Post, post or item.details["post"])
        if held is None:
            raise BadInput("There is no such post.", field="post")
        if held.attached_to != unit.level:
            raise BadInput(
                f"The post {held.code} is held for a {held.attached_to}, not for {unit.name}.", field="post"
            )
    elif unit.level != _level(session, item):
        raise BadInput(f"{unit.name} is not of the same level.", field="unit")


def _level(session: Session, item: Item) -> str:
    of_unit = (
        Item.reorganisation_id == item.reorganisation_id,
        Item.kind == Subject.UNIT,
        Item.subject_id == item.unit_id,
    )
    return str(session.scalars(select(Item).where(*of_unit)).one().details["level"])


def _follow(session: Session, made: Reorganisation, item: Item) -> None:
    """What hangs on a unit goes where the unit goes, unless it is decided by itself."""
    if item.kind != Subject.UNIT:
        return
    session.flush()
    if item.details["level"] != LOWEST:
        plan_again(session, made)  # the homes of officials below may hang on it
        session.refresh(item)
        return
    hanging = update(Item).where(
        Item.reorganisation_id == item.reorganisation_id,
        Item.unit_id == item.subject_id,
        Item.kind.in_((Subject.HAMLET, Subject.ASSIGNMENT, Subject.OFFICIAL)),
        Item.outcome != Outcome.ENDS,
    )
    session.execute(hanging.values(default_code=item.code).execution_options(synchronize_session="fetch"))
