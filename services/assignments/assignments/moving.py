"""Ending and starting many assignments on one day: planned first, then done all together or not at all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from services.assignments.assignments.checking import lock_places, said_held
from services.assignments.assignments.model import Assignment
from services.assignments.assignments.queries import many
from services.assignments.assignments.rules import Change, assignment_changed
from services.assignments.documents.model import Document
from services.assignments.officials import queries as officials
from services.assignments.officials.model import Official
from services.assignments.posts import queries as posts
from services.assignments.validity import is_valid, overlap, overlapping
from shared.messaging.outbox import record_many
from shared.web.auth import Principal


class Move(NamedTuple):
    """An assignment ends, and an official takes it over (None: nobody does). The next holder reads the note."""

    assignment_id: UUID
    official_id: UUID | None
    note: str | None = None
    reason: str | None = None


class Terms(NamedTuple):
    """The day from which it is so, what it rests on, and what is being done."""

    on: date
    legal_basis: str
    document: Document | None
    change: Change


class Refusal(NamedTuple):
    """Why a move cannot be made: its place in the list and the field of it."""

    move: int
    field: str
    message: str


class Start(NamedTuple):
    """An official takes over from an assignment that ends, for as long as that would have lasted."""

    move: int
    official: Official
    former: Assignment
    until: date | None


@dataclass(slots=True)
class Plan:
    """What would happen. Nothing of it has."""

    moves: Sequence[Move]
    terms: Terms
    ends: list[tuple[int, Assignment]] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, move: int, field: str, message: str) -> None:
        """Note that a move cannot be made."""
        self.refusals.append(Refusal(move, field, message))


def plan(session: Session, who: Principal, moves: Sequence[Move], terms: Terms) -> Plan:
    """Plan moves of assignments in the client's territory, in a constant number of statements for any number. What
    they touch is locked. Raises NotFound naming `moves.N.assignment`."""
    found = many(session, [move.assignment_id for move in moves], who)
    people = officials.several(session, {move.official_id for move in moves if move.official_id}, who)
    lock_places(session, [each.territory_id for each in found])
    made = Plan(moves, terms)
    ended: set[UUID] = set()
    for place, (move, held) in enumerate(zip(moves, found, strict=True)):
        _end(made, place, held, ended)
        if move.official_id is not None:
            _start(made, place, held, people.get(move.official_id))
    _check_rules(session, made)
    _check_free(session, made, ended)
    made.refusals.sort()
    return made


def carry_out(session: Session, who: Principal, made: Plan) -> list[Assignment]:
    """Do what was planned without a refusal; returns the new assignments in order, never commits."""
    assert not made.refusals
    terms, moves = made.terms, made.moves
    for place, held in made.ends:
        held.end(terms.on, who.client_id, terms.change, moves[place].reason)
    session.flush()  # what ends is told before what begins
    started = [
        Assignment.to(
            start.official,
            start.former.post,
            start.former.place,
            terms.on,
            start.until,
            who.client_id,
            legal_basis=terms.legal_basis,
            document=terms.document,
            scope_note=start.former.scope_note,
            handover_note=moves[start.move].note,
            succeeds_id=start.former.id,
            change=terms.change,
            reason=moves[start.move].reason,
        )
        for start in made.starts
    ]
    session.add_all(started)
    told = [held for _, held in made.ends] + started
    record_many(session, [(assignment_changed(each), None) for each in told])
    return started


def _end(made: Plan, place: int, held: Assignment, ended: set[UUID]) -> None:
    on = made.terms.on
    if held.id in ended:
        made.refuse(place, "assignment", "This assignment is named twice.")
    elif on < held.valid_from:
        made.refuse(place, "assignment", f"This assignment begins on {held.valid_from} only.")
    elif held.valid_to is not None and held.valid_to <= on:
        made.refuse(place, "assignment", f"This assignment ends on {held.valid_to} already.")
    else:
        made.ends.append((place, held))
    ended.add(held.id)


def _start(made: Plan, place: int, held: Assignment, person: Official | None) -> None:
    if person is None:
        made.refuse(place, "official", "There is no such official.")
    elif not person.active:
        made.refuse(place, "official", "This official is not active.")
    elif person.id == held.official_id:
        made.refuse(place, "official", "This official holds it already.")
    else:
        made.starts.append(Start(place, person, held, held.valid_to))


def _check_rules(session: Session, made: Plan) -> None:
    """The post and the place have to be there on the day."""
    on = made.terms.on
    in_force = {each.code for each in posts.on(session, on)} if made.starts else set()
    for start in made.starts:
        if start.former.post_code not in in_force:
            made.refuse(start.move, "assignment", f"The post is not in force on {on}.")
        if not is_valid(start.former.place, on):
            made.refuse(start.move, "assignment", f"There is no {start.former.place.name} on {on}.")


def _check_free(session: Session, made: Plan, ended: set[UUID]) -> None:
    """Nobody holds twice, and what only one may hold one holds, once all has ended and begun."""
    others = _others(session, made, ended)
    begun: dict[tuple[str, UUID], list[Start]] = defaultdict(list)
    for start in made.starts:
        key = (start.former.post_code, start.former.place_id)
        for each in others[key]:
            if not overlap(made.terms.on, start.until, each.valid_from, each.valid_to):
                continue
            if each.official_id == start.official.id:
                made.refuse(start.move, "official", "This official holds this post there in that time already.")
            elif not start.former.post.several:
                made.refuse(start.move, "official", said_held(each))
        for other in begun[key]:
            if other.official.id == start.official.id or not start.former.post.several:
                made.refuse(start.move, "official", f"{other.official.full_name} takes this over as well.")
        begun[key].append(start)


def _others(session: Session, made: Plan, ended: set[UUID]) -> dict[tuple[str, UUID], list[Assignment]]:
    """Those who hold the same posts and places from the day on, without what ends on it."""
    found: dict[tuple[str, UUID], list[Assignment]] = defaultdict(list)
    places = {start.former.place_id for start in made.starts}
    held = select(Assignment).where(Assignment.place_id.in_(places), overlapping(Assignment, made.terms.on, None))
    for each in session.scalars(held.options(joinedload(Assignment.official))) if places else ():
        if each.id not in ended:
            found[each.post_code, each.place_id].append(each)
    return found
