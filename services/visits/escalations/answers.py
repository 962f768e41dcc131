"""What comes back of an escalation: who was told, who has seen it, who could not be reached.

Each action takes all events of its type in a batch and costs a constant number of statements. Facts may
arrive in any order: an acknowledgement heard before the routing makes the recipient's row by itself, and of
several acknowledgements the earliest by its own time counts, not the first to arrive (see `standing`).
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.database import as_rows, bulk_insert
from services.visits.escalations.declining import ask_who_else
from services.visits.escalations.standing import RECIPIENTS, Answer, escalations, hear
from services.visits.escalations.telling import tell_of_answers, tell_of_earlier, tell_of_first
from services.visits.timeline import actions as timeline
from shared.database import dumps
from shared.messaging.events import Event
from shared.prepared import Prepared

# The reasons of the first routing stand, whenever it is heard, unless they are told again.
_TELL = """
    INSERT INTO escalation_recipients AS known (escalation_id, official_id, full_name, reasons)
    SELECT * FROM json_to_recordset(CAST(:told AS json))
        AS row (escalation_id uuid, official_id uuid, full_name text, reasons jsonb)
    ON CONFLICT (escalation_id, official_id) DO UPDATE
        SET full_name = excluded.full_name, reasons = excluded.reasons
        WHERE CAST(:again AS boolean) OR known.reasons = '[]'
    """
_TOLD = Prepared(_TELL)
# Somebody waits meanwhile for mail that needs the same processors: one statement for all that is written.
_ROUTED = Prepared(
    f"""
    WITH told AS ({_TELL}),
    done AS (
        UPDATE escalations AS known SET routed_at = row.routed_at, vacancies = row.vacancies
        FROM json_to_recordset(CAST(:done AS json)) AS row (id uuid, routed_at timestamptz, vacancies jsonb)
        WHERE known.id = row.id)
    {timeline.NOTE}
    """
)


def note_routing(session: Session, events: list[Event]) -> None:
    """Store who is told and why, and which posts are vacant."""
    routed = {event.data["escalation_id"]: event for event in events}
    known = escalations(session, routed)
    lines, recipients, done = [], [], []
    for escalation_id, event in routed.items():
        told, vacant = event.data["recipients"], event.data["vacancies"]
        about = {"escalation_id": escalation_id, "step": known[escalation_id].step}
        issue_id = known[escalation_id].issue_id
        lines.append(timeline.told(issue_id, event.time, **about, recipients=told))
        if vacant:
            lines.append(timeline.vacant(issue_id, event.time, **about, vacancies=vacant))
        done.append({"id": escalation_id, "routed_at": event.time, "vacancies": vacant})
        recipients += [{"escalation_id": escalation_id, **person} for person in told]
    told_rows, done_rows = dumps(_one_a_person(recipients)), dumps(done)
    _ROUTED.run(session, {"told": told_rows, "again": False, "done": done_rows, "lines": dumps(lines)})
    tell_of_earlier(session, known.values())


def note_acknowledgements(session: Session, events: list[Event]) -> None:
    """Store who has seen an escalation; the first one acknowledges it, and the issue if it stands at that step."""
    heard = hear(session, events)
    lines = [
        timeline.acknowledged(_of_issue(fact, known), fact["acknowledged_at"], known.step)
        for fact, known in _with_known(events, heard.known)
    ]
    timeline.note(session, lines)
    tell_of_first(session, heard, events)


def note_answers(session: Session, events: list[Event]) -> None:
    """Store what else those told have said: who handles it, who handed it over to whom, whose it is not, who takes
    back having acknowledged it. Who is responsible instead is asked for each whose it is not."""
    heard = hear(session, events)
    _note_handed_over(session, [event.data for event in events])
    lines = [
        timeline.answered(_of_issue(fact, known), fact["answered_at"], known.step)
        for fact, known in _with_known(events, heard.known)
    ]
    timeline.note(session, lines)
    ask_who_else(session, heard, events)
    tell_of_answers(session, heard, events)


def note_rerouting(session: Session, events: list[Event]) -> None:
    """Store to whom an escalation fell when somebody said that it is not theirs, or could not be reached."""
    known = escalations(session, (event.data["escalation_id"] for event in events))
    lines, recipients = [], []
    for event in events:
        escalation = known[event.data["escalation_id"]]
        about = {"escalation_id": escalation.id, "step": escalation.step}
        told = event.data["recipients"]
        line = {name: event.data[name] for name in ("decline_id", "declined_by", "way", "aware", "vacancies")}
        lines.append(timeline.rerouted(escalation.issue_id, event.time, **about, recipients=told, **line))
        recipients += [{"escalation_id": escalation.id, **person} for person in told]
    _TOLD.run(session, {"told": dumps(_one_a_person(recipients)), "again": True})
    timeline.note(session, lines)


def note_failures(session: Session, events: list[Event]) -> None:
    """Put on the timeline whom a channel could not reach."""
    _note_each(session, events, timeline.unreached, "failed_at")


def note_arrivals(session: Session, events: list[Event]) -> None:
    """Put on the timeline whom it reached after all."""
    _note_each(session, events, timeline.reached, "arrived_at")


def _note_each(session: Session, events: Sequence[Event], line: Callable[..., timeline.Row], at: str) -> None:
    known = escalations(session, (event.data["escalation_id"] for event in events))
    lines = [
        line(_of_issue(fact, escalation), fact[at], escalation.step)
        for fact, escalation in _with_known(events, known)
    ]
    timeline.note(session, lines)


def _one_a_person(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a person, whatever the event says; in order, so that two workers who meet the same people cannot
    deadlock."""
    people = {_person(row): row for row in rows}
    return [people[each] for each in sorted(people)]


def _note_handed_over(session: Session, facts: Sequence[dict[str, Any]]) -> None:
    """Whom it was handed over to is told, too."""
    given = {
        (fact["escalation_id"], fact["to_official_id"]): {
            "escalation_id": fact["escalation_id"],
            "official_id": fact["to_official_id"],
            "full_name": fact["to_full_name"],
            "reasons": [],
            "handed_by": fact["full_name"],
        }
        for fact in facts
        if fact["answer"] == Answer.HANDED_OVER
    }
    if given:
        rows = [given[each] for each in sorted(given)]
        statement = bulk_insert(RECIPIENTS, tuple(rows[0]))
        named = {"handed_by": statement.excluded.handed_by}
        key = ["escalation_id", "official_id"]
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=named), as_rows(rows))


def _with_known(events: Sequence[Event], known: dict[UUID, Any]) -> list[tuple[dict[str, Any], Any]]:
    return [(event.data, known[event.data["escalation_id"]]) for event in events]


def _of_issue(fact: dict[str, Any], escalation: Any) -> dict[str, Any]:
    """The fact under the issue that this service knows the escalation to be of."""
    return fact | {"issue_id": escalation.issue_id}


def _person(row: dict[str, Any]) -> tuple[UUID, UUID]:
    return row["escalation_id"], row["official_id"]
