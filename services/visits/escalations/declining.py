"""Asking who else is responsible, when somebody told of an escalation says that it is not theirs."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.visits.escalations.standing import Answer, Heard
from services.visits.escalations.told import Told, told_of
from services.visits.issues.rules import State
from shared import clock
from shared.contracts.visits import ESCALATION_DECLINED
from shared.messaging.events import Event, NewEvent
from shared.messaging.outbox import record_many


def ask_who_else(session: Session, heard: Heard, events: Sequence[Event]) -> None:
    """Tell assignments of everybody whose it is not and who has nobody to give it back to. Others are sought only
    while the issue waits at that step; that an assignment may be wrong is worth knowing in any case."""
    asked = [
        event
        for event in events
        if event.data["answer"] == Answer.DECLINED
        and event.data["to_official_id"] is None
        and (event.data["escalation_id"], event.data["official_id"]) in heard.fresh
    ]
    if asked:
        told = told_of(session, {event.data["escalation_id"] for event in asked})
        record_many(session, [(_fact(event, heard, told[event.data["escalation_id"]]), event) for event in asked])


def _fact(event: Event, heard: Heard, told: Told) -> NewEvent:
    fact = event.data
    each = heard.known[fact["escalation_id"]]
    seek = State(each.state) in (State.ESCALATED, State.ACKNOWLEDGED) and each.step == each.at_step
    data = {
        "decline_id": fact["answer_id"],
        "escalation_id": each.id,
        "step": each.step,
        **{name: getattr(each, name) for name in ("unit_id", "unit_path", "hamlet_id", "issue_id")},
        "issue_code": each.code,
        "at": clock.local_date(fact["answered_at"]),
        **{name: fact[name] for name in ("official_id", "full_name", "reason")},
        "declined": told.declined,
        "unreached": told.unreached,
        "declined_at": fact["answered_at"],
        "seek": seek and heard.firsts[each.id] is None,
    }
    return NewEvent(ESCALATION_DECLINED, str(each.id), len(told.declined), data)
