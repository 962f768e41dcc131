"""Raising doubts, finding who is responsible instead, and settling them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from services.assignments.doubts import queries
from services.assignments.doubts.model import Doubt
from services.assignments.doubts.rules import Outcome
from services.assignments.responsibility.left_out import falls_to
from services.assignments.responsibility.queries import Question, load
from services.assignments.responsibility.rules import Answer, facts_of
from shared.contracts.assignments import ESCALATION_REROUTED
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record_many
from shared.web.auth import Principal


def raise_doubts(session: Session, events: Sequence[Event]) -> None:
    """Keep each as a doubt about an assignment; where others are sought, say whom it falls to. The same heard again
    changes nothing. Raises NotFound for an unknown unit or hamlet."""
    known = queries.known(session, [event.data["decline_id"] for event in events])
    fresh = [event for event in events if event.data["decline_id"] not in known]
    if not fresh:
        return
    questions = [Question(*(event.data[name] for name in Question._fields)) for event in fresh]
    situation = load(session, questions)
    told = []
    for event, question in zip(fresh, questions, strict=True):
        fact = event.data
        before = situation.answer(question)
        after = situation.answer(question, without=fact["declined"], unreached=fact["unreached"])
        recipients = falls_to(before, after, fact["official_id"]) if fact["seek"] else []
        named = [{"official_id": each.official_id, "full_name": each.full_name} for each in recipients]
        session.add(Doubt.raised(fact, _held(before, fact["official_id"]), named))
        if fact["seek"]:
            told.append((_rerouted(event, Answer(recipients, after.vacancies)), event))
    session.flush()
    record_many(session, told)


def settle(session: Session, doubt: Doubt, who: Principal, outcome: Outcome, note: str | None) -> Doubt:
    """Say what became of a doubt. Raises Forbidden, RuleBroken."""
    who.check(doubt.unit_path)
    doubt.settle(outcome, note, who.client_id)
    return doubt


def _rerouted(event: Event, answer: Answer) -> NewEvent:
    fact = event.data
    data = {
        "decline_id": fact["decline_id"],
        "escalation_id": fact["escalation_id"],
        "declined_by": {name: fact[name] for name in ("official_id", "full_name", "reason")},
        **facts_of(answer),
    }
    return NewEvent(ESCALATION_REROUTED, str(fact["escalation_id"]), event.version, data)


def _held(answer: Answer, official_id: UUID) -> list[dict[str, object]]:
    """The posts an official was told for."""
    return [
        {"assignment_id": reason.holding.assignment_id, "post": reason.post.code, "place": reason.place.name}
        for person in answer.recipients
        if person.official_id == official_id
        for reason in person.reasons
    ]
