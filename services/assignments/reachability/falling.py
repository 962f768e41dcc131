"""Finding whom an escalation falls to when an official cannot be reached, and telling the coordinator that one is
out of reach."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from services.assignments.absences.telling import COORDINATOR
from services.assignments.reachability.telling import out_of_reach
from services.assignments.reminders.actions import remind
from services.assignments.responsibility.left_out import falls_to, lasting
from services.assignments.responsibility.queries import Question, Situation, acting_in, load
from services.assignments.responsibility.rules import Answer, Recipient, facts_of
from shared.contracts.assignments import ESCALATION_REROUTED
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record_many

Fact = dict[str, Any]


class Instead(NamedTuple):
    """Whom an escalation falls to: those to be told of it, and those who know of it already."""

    answer: Answer
    aware: list[Recipient]


def fall_back(session: Session, events: Sequence[Event]) -> None:
    """Say whom each falls to: who stands in, or the post above. Nothing is kept: who hears of the same twice
    tells nobody twice. Raises NotFound for an unknown unit or hamlet."""
    questions = [Question(*(event.data[name] for name in Question._fields)) for event in events]
    situation = load(session, questions)
    told, heard_of = [], set()
    for event, question in zip(events, questions, strict=True):
        instead = None
        if event.data["seek"]:
            instead = _instead(situation, question, event.data)
            told.append((_rerouted(event, instead), event))
        who = event.data["official_id"], event.data["at"]
        if who not in heard_of:
            heard_of.add(who)
            _tell_coordinator(session, event.data, instead)
    record_many(session, told)


def _instead(situation: Situation, question: Question, fact: Fact) -> Instead:
    """Whom it falls to."""
    official_id = fact["official_id"]
    others = [each for each in fact["unreached"] if each != official_id]
    declined = [each for each in fact["declined"] if each != official_id]
    before = situation.answer(question, without=declined, unreached=others)
    after = situation.answer(question, without=fact["declined"], unreached=[*others, official_id])
    heirs = falls_to(before, after, official_id)
    told = set(fact["told"])
    fresh = [each for each in heirs if each.official_id not in told]
    aware = [each for each in heirs if each.official_id in told]
    return Instead(Answer(fresh, lasting(before, after)), aware)


def _rerouted(event: Event, instead: Instead) -> NewEvent:
    fact = event.data
    data = {
        "decline_id": fact["unreached_id"],
        "escalation_id": fact["escalation_id"],
        "declined_by": {name: fact[name] for name in ("official_id", "full_name", "reason")},
        "way": "unreached",
        "aware": [{"official_id": each.official_id, "full_name": each.full_name} for each in instead.aware],
        **facts_of(instead.answer),
    }
    return NewEvent(ESCALATION_REROUTED, str(fact["escalation_id"]), event.version, data)


def _tell_coordinator(session: Session, fact: Fact, instead: Instead | None) -> None:
    """At most once a day and official, however many escalations did not reach them."""
    people = acting_in(session, COORDINATOR, fact["unit_id"], fact["at"], fact["unreached"])
    names = None
    if instead:
        names = [each.full_name for each in instead.answer.recipients], [each.full_name for each in instead.aware]
    remind(session, out_of_reach(fact, names, [(each.id, each.full_name) for each in people]))
