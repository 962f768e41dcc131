"""Answering escalations: a batch is resolved together, and each gets its own routed event."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from services.assignments.responsibility.queries import Question, load
from services.assignments.responsibility.rules import facts_of
from shared.contracts.assignments import ESCALATION_ROUTED
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record_at_once, record_many


def route_escalations(session: Session, events: Sequence[Event]) -> None:
    """Say who is told of each escalated issue, and why; raises NotFound for an unknown unit or hamlet."""
    record_many(session, list(_routed(session, events)))


def route_at_once(session: Session, event: Event) -> bool:
    """The same of one, in two statements that each commit: load, then record. False: it was done before."""
    return record_at_once(session, _routed(session, [event]), event)


def _routed(session: Session, events: Sequence[Event]) -> Iterator[tuple[NewEvent, Event]]:
    questions = [Question(*(event.data[name] for name in Question._fields)) for event in events]
    situation = load(session, questions)
    # Escalations of one commune on one day have one answer.
    answers = {question: facts_of(situation.answer(question)) for question in dict.fromkeys(questions)}
    for event, question in zip(events, questions, strict=True):
        data = {
            "escalation_id": event.data["escalation_id"],
            "step": event.data["step"],
            "issue": event.data["issue"],
            **answers[question],
        }
        # An escalation is routed once: it has one version.
        yield NewEvent(ESCALATION_ROUTED, str(event.data["escalation_id"]), 1, data), event
