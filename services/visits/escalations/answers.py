"""What comes back of an escalation: who was told, who has seen it, who could not be reached.

Each action takes all events of its type in a batch and costs a constant number of statements. Facts may
arrive in any order: an acknowledgement heard before the routing makes the recipient's row by itself, and of
several acknowledgements the earliest by its own time counts, not the first to arrive.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.visits.database import as_rows, bulk_insert, rows_of, table_of
from services.visits.escalations.model import Escalation, Recipient
from services.visits.issues import rules
from services.visits.issues.model import Issue
from services.visits.timeline import actions as timeline
from shared.errors import NotFound
from shared.messaging.events import Event

ESCALATIONS, RECIPIENTS, ISSUES = table_of(Escalation), table_of(Recipient), table_of(Issue)


def note_routing(session: Session, events: list[Event]) -> None:
    """Store who is told and why, and which posts are vacant."""
    routed = {event.data["escalation_id"]: event for event in events}
    known = _escalations(session, routed)
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
    _tell_recipients(session, recipients)
    _route_escalations(session, done)
    timeline.note(session, lines)


def note_acknowledgements(session: Session, events: list[Event]) -> None:
    """Store who has seen an escalation; the first one acknowledges it, and the issue if it stands at that step."""
    facts = sorted((event.data for event in events), key=lambda fact: fact["acknowledged_at"])
    known = _escalations(session, (fact["escalation_id"] for fact in facts), lock_issues=True)
    firsts: dict[UUID, dict[str, Any]] = {}
    people: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for fact in facts:  # earliest first, so `setdefault` keeps the earliest
        firsts.setdefault(fact["escalation_id"], fact)
        people.setdefault((fact["escalation_id"], fact["official_id"]), fact)
    _acknowledge_recipients(session, people.values())
    _acknowledge_escalations(session, firsts.values())
    _acknowledge_issues(session, known.values())
    lines = [
        timeline.acknowledged(_of_issue(fact, escalation), fact["acknowledged_at"], escalation.step)
        for fact in facts
        for escalation in [known[fact["escalation_id"]]]
    ]
    timeline.note(session, lines)


def note_failures(session: Session, events: list[Event]) -> None:
    """Put on the timeline whom a channel could not reach."""
    known = _escalations(session, (event.data["escalation_id"] for event in events))
    lines = [
        timeline.unreached(_of_issue(event.data, escalation), event.data["failed_at"], escalation.step)
        for event in events
        for escalation in [known[event.data["escalation_id"]]]
    ]
    timeline.note(session, lines)


def _escalations(session: Session, ids: Iterable[UUID], *, lock_issues: bool = False) -> dict[UUID, Any]:
    """The escalations and where their issues stand. Raises NotFound for one this database never made:
    the event then becomes a dead letter, which tells the operator that a backup is older than the world."""
    wanted = sorted(set(ids))
    statement = (
        select(Escalation.id, Escalation.step, Escalation.issue_id, Issue.state, Issue.step.label("at_step"))
        .join(Issue, Issue.id == Escalation.issue_id)
        .where(Escalation.id.in_(wanted))
    )
    if lock_issues:  # in one order, so that two workers cannot deadlock
        statement = statement.order_by(Issue.id).with_for_update(of=Issue, key_share=True)
    found = {row.id: row for row in session.execute(statement)}
    missing = [str(each) for each in wanted if each not in found]
    if missing:
        raise NotFound(f"No escalation {', '.join(missing)} was ever made here.")
    return found


def _tell_recipients(session: Session, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    people = {_person(row): row for row in rows}  # one row a person, whatever the event says
    rows = [people[each] for each in sorted(people)]
    statement = bulk_insert(RECIPIENTS, tuple(rows[0]))
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["escalation_id", "official_id"],
            set_={"full_name": new.full_name, "reasons": new.reasons},
        ),
        as_rows(rows),
    )


def _route_escalations(session: Session, rows: list[dict[str, Any]]) -> None:
    given = rows_of(ESCALATIONS, list(rows[0])).subquery()
    values = {"routed_at": given.c.routed_at, "vacancies": given.c.vacancies}
    statement = update(ESCALATIONS).where(ESCALATIONS.c.id == given.c.id).values(values)
    session.execute(statement, as_rows(rows))


def _acknowledge_recipients(session: Session, facts: Iterable[dict[str, Any]]) -> None:
    rows = [
        {
            "escalation_id": fact["escalation_id"],
            "official_id": fact["official_id"],
            "full_name": fact["full_name"],
            "reasons": [],
            "acknowledged_at": fact["acknowledged_at"],
            "acknowledged_over": fact["channel"],
        }
        for fact in sorted(facts, key=_person)
    ]
    statement = bulk_insert(RECIPIENTS, tuple(rows[0]))
    new, old = statement.excluded, RECIPIENTS.c
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["escalation_id", "official_id"],
            set_={name: new[name] for name in ("acknowledged_at", "acknowledged_over")},
            where=or_(old.acknowledged_at.is_(None), new.acknowledged_at < old.acknowledged_at),
        ),
        as_rows(rows),
    )


def _acknowledge_escalations(session: Session, facts: Iterable[dict[str, Any]]) -> None:
    rows = [
        {
            "id": fact["escalation_id"],
            "acknowledged_at": fact["acknowledged_at"],
            "acknowledged_by": fact["official_id"],
            "acknowledged_by_name": fact["full_name"],
        }
        for fact in facts
    ]
    given = rows_of(ESCALATIONS, list(rows[0])).subquery()
    earlier = or_(ESCALATIONS.c.acknowledged_at.is_(None), given.c.acknowledged_at < ESCALATIONS.c.acknowledged_at)
    values = {name: given.c[name] for name in rows[0] if name != "id"}
    statement = update(ESCALATIONS).where(ESCALATIONS.c.id == given.c.id, earlier).values(values)
    session.execute(statement, as_rows(rows))


def _acknowledge_issues(session: Session, escalations: Iterable[Any]) -> None:
    moved = {
        each.issue_id: state
        for each in escalations
        if (state := rules.acknowledged(rules.State(each.state), each.at_step, each.step))
    }
    if moved:
        rows = [{"id": issue_id, "state": state} for issue_id, state in moved.items()]
        given = rows_of(ISSUES, ["id", "state"]).subquery()
        values = {"state": given.c.state, "version": ISSUES.c.version + 1}
        session.execute(update(ISSUES).where(ISSUES.c.id == given.c.id).values(values), as_rows(rows))


def _of_issue(fact: dict[str, Any], escalation: Any) -> dict[str, Any]:
    """The fact under the issue that this service knows the escalation to be of."""
    return fact | {"issue_id": escalation.issue_id}


def _person(row: dict[str, Any]) -> tuple[UUID, UUID]:
    """Rows are written in this order, so that two workers who meet the same people cannot deadlock."""
    return row["escalation_id"], row["official_id"]
