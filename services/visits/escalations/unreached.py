"""Asking whom an escalation falls to, when somebody told of it cannot be reached over any channel.

Each is asked about for as long as the issue stands at that step, also when somebody else has acknowledged it:
everybody responsible is to hear of it. Who has said anything since was reached. Nothing depends on what is heard
first: each question names all who are left out so far, and whoever it falls to for two reasons is told once (see
`handing.py` of notifications).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Session

from services.visits.database import as_rows, bulk_insert
from services.visits.escalations.standing import RECIPIENTS, Person, escalations
from services.visits.escalations.told import OF_SILENCE, Told, silent, told_of
from services.visits.issues.rules import RAISED, State
from services.visits.timeline import actions as timeline
from shared import clock
from shared.contracts.visits import ESCALATION_UNREACHED
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record_many


def note_unreached(session: Session, events: list[Event]) -> None:
    """Store who could not be reached, and ask whom it falls to. What was handed over to them is their giver's
    again, who has been told."""
    known = escalations(session, (event.data["escalation_id"] for event in events), lock_issues=True)
    found = _note_people(session, events)
    asked = [event for event in events if (event.data["escalation_id"], event.data["official_id"]) in found]
    timeline.note(session, [_given_back(event.data, known) for event in asked if event.data["to_official_id"]])
    if asked:
        told = told_of(session, {event.data["escalation_id"] for event in asked})
        record_many(session, [(_fact(event.data, known, told), event) for event in asked])


def _note_people(session: Session, events: Sequence[Event]) -> set[Person]:
    """The last time counts. Returns those who have not said anything since."""
    last: dict[Person, dict[str, Any]] = {}
    for fact in sorted((event.data for event in events), key=lambda fact: fact["unreached_at"]):
        names = ("escalation_id", "official_id", "full_name", "unreached_at")
        row = {name: fact[name] for name in names} | {"reasons": []}
        last[fact["escalation_id"], fact["official_id"]] = row
    # Rows are written in this order, so that two workers who meet the same people cannot deadlock.
    rows = [last[person] for person in sorted(last)]
    statement = bulk_insert(RECIPIENTS, tuple(rows[0]))
    new, old = statement.excluded, RECIPIENTS.c
    statement = statement.on_conflict_do_update(
        index_elements=["escalation_id", "official_id"],
        set_={"unreached_at": func.greatest(old.unreached_at, new.unreached_at)},
    )
    columns = [old[name] for name in ("escalation_id", "official_id", *OF_SILENCE)]
    found = session.execute(statement.returning(*columns), as_rows(rows))
    return {(row.escalation_id, row.official_id) for row in found if silent(row)}


def _fact(fact: dict[str, Any], known: Mapping[UUID, Any], told: Mapping[UUID, Told]) -> NewEvent:
    each, people = known[fact["escalation_id"]], told[fact["escalation_id"]]
    stands = State(each.state) in RAISED and each.step == each.at_step
    names = ("unreached_id", "escalation_id", "official_id", "full_name", "reason", "to_full_name", "unreached_at")
    data = {
        **{name: fact[name] for name in names},
        **{name: getattr(each, name) for name in ("step", "unit_id", "unit_path", "hamlet_id", "issue_id")},
        "issue_code": each.code,
        "at": clock.local_date(fact["unreached_at"]),
        "unreached": people.unreached,
        "declined": people.declined,
        "told": people.everybody,
        "seek": stands and fact["to_official_id"] is None,
    }
    return NewEvent(ESCALATION_UNREACHED, str(each.id), len(people.unreached), data)


def _given_back(fact: dict[str, Any], known: Mapping[UUID, Any]) -> dict[str, Any]:
    each = known[fact["escalation_id"]]
    giver = {"official_id": fact["to_official_id"], "full_name": fact["to_full_name"], "reasons": []}
    return timeline.rerouted(
        each.issue_id,
        fact["unreached_at"],
        decline_id=fact["unreached_id"],
        escalation_id=each.id,
        step=each.step,
        way="unreached",
        declined_by={name: fact[name] for name in ("official_id", "full_name", "reason")},
        recipients=[giver],
        aware=[],
        vacancies=[],
    )
