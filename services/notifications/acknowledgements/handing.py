"""Telling the official whom an escalation has come to from another: who it came from, and why."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.model import SaidAnswer
from services.notifications.notices.actions import Fact, keep_notices
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import Kind, Way
from services.notifications.notifications.actions import notify
from services.notifications.notifications.model import Notification
from shared import trace
from shared.errors import NotFound
from shared.messaging.events import Event


def hand_to(session: Session, notice: Notice, said: SaidAnswer, way: Way) -> None:
    """Tell the one whom `said` names; `notice` is the one that was answered."""
    by = {"official_id": said.official_id, "full_name": said.full_name, "reason": said.reason}
    person: dict[str, Any] = {"official_id": said.to_official_id, "full_name": said.to_full_name, "reasons": []}
    data = _handover(notice, said.id, way, by, [person], ())
    now = trace.current()
    _tell(session, [Fact(data, now.correlation_id, now.traceparent)])


def give_back(
    session: Session, notice: Notice, handover_id: UUID, by: dict[str, Any], giver: dict[str, Any]
) -> None:
    """Tell whoever handed over what `notice` says that it did not reach `by`: it is theirs again."""
    person = {name: giver[name] for name in ("official_id", "full_name")} | {"reasons": []}
    data = _handover(notice, handover_id, Way.UNREACHED, by, [person], ())
    now = trace.current()
    _tell(session, [Fact(data, now.correlation_id, now.traceparent)])


def pass_on(session: Session, events: Sequence[Event]) -> None:
    """Tell those whom an escalation fell to because it was not another's, or did not reach them: the data of
    escalation.rerouted. Where somebody was not reached, who was told of it already is not told again: that it falls
    to them from two is one reason to tell. Raises NotFound for an escalation nobody was ever told of here."""
    asked = {event.data["escalation_id"] for event in events}
    # Locked, so that two who tell of one escalation see what the other one wrote.
    found = select(Notice).where(Notice.id.in_(asked)).order_by(Notice.id).with_for_update(key_share=True)
    notices = {each.id: each for each in session.scalars(found)}
    if missing := sorted(asked - notices.keys()):
        raise NotFound(f"Nobody was told of escalation {missing[0]} here.")
    aware = _aware(session, [event.data["escalation_id"] for event in events if _fell(event) is Way.UNREACHED])
    facts = []
    for event in events:
        told, way = event.data, _fell(event)
        people = told["recipients"]
        if way is Way.UNREACHED:
            known = aware[told["escalation_id"]]
            people = [each for each in people if each["official_id"] not in known]
            known.update(each["official_id"] for each in people)
        if people:
            more = (told["declined_by"], people, told["vacancies"])
            data = _handover(notices[told["escalation_id"]], told["decline_id"], way, *more)
            facts.append(Fact(data, event.correlation_id, event.traceparent))
    if facts:
        _tell(session, facts)


def _fell(event: Event) -> Way:
    return Way(event.data["way"])


def _aware(session: Session, escalations: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Who was told of each of these escalations, by whatever notice."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    if escalations:
        subject = func.coalesce(Notice.about_id, Notice.id).label("subject")
        about = or_(Notice.id.in_(escalations), Notice.about_id.in_(escalations))
        told = select(subject, Notification.official_id).join(Notification, Notification.notice_id == Notice.id)
        for row in session.execute(told.where(about).distinct()):
            found[row.subject].add(row.official_id)
    return found


def _tell(session: Session, facts: Sequence[Fact]) -> None:
    keep_notices(session, Kind.HANDOVER, facts)
    notify(session, Kind.HANDOVER, facts)


def _handover(
    notice: Notice,
    handover_id: UUID,
    way: Way,
    by: dict[str, Any],
    recipients: Sequence[dict[str, Any]],
    vacancies: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The facts of the notice: the issue as it was when it was escalated, and how it came here."""
    return {
        "handover_id": handover_id,
        "escalation_id": notice.about_id or notice.id,
        "step": notice.facts["step"],
        "issue": notice.facts["issue"],
        "recipients": list(recipients),
        "vacancies": list(vacancies),
        "passed": by | {"way": way},
    }
