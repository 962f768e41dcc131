"""An official says more than having seen it: takes it, hands it over, says that it is not theirs, gives it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.actions import fact_of
from services.notifications.acknowledgements.handing import hand_to
from services.notifications.acknowledgements.matter import Matter, matters
from services.notifications.acknowledgements.model import SaidAnswer
from services.notifications.acknowledgements.rules import Answer, Given, changes, check
from services.notifications.holders.queries import colleagues
from services.notifications.notices.rules import ASKING, Kind, Way
from services.notifications.notifications.actions import spare
from shared import clock
from shared.contracts.notifications import NOTIFICATION_ANSWERED
from shared.errors import BadInput, RuleBroken
from shared.ids import uuid7
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record

Person = tuple[UUID, str]  # id and name


def answer(session: Session, notification_id: UUID, given: Given, by: str) -> None:
    """Note an answer and let those concerned know; the same again changes nothing. `by`: as for acknowledging.

    Raises NotFound, BadInput naming the field, RuleBroken for a reminder and for giving back what is not
    acknowledged.
    """
    (matter,) = matters(session, [notification_id])
    if matter.notice.kind not in ASKING:
        raise RuleBroken("Nobody waits for an answer to this.")
    check(given, matter.asked.official_id)
    if not changes(given, matter.standing(_handed_to(session, matter))):
        return
    said = _said(matter, given, _to(session, matter, given), by)
    if given.answer is Answer.TAKEN:
        matter.acknowledge(said.at, by, Answer.TAKEN)
        spare(session, matter.spared(said.at))
    else:
        matter.let_go(given.answer)
    session.add(said)
    if said.to_official_id:
        way = Way.HANDED_OVER if given.answer is Answer.HANDED_OVER else Way.GIVEN_BACK
        hand_to(session, matter.notice, said, way)
    data = _fact(matter, said)
    record(session, NewEvent(NOTIFICATION_ANSWERED, str(matter.asked.id), matter.version, data))


def _handed_to(session: Session, matter: Matter) -> UUID | None:
    if matter.asked.answer != Answer.HANDED_OVER:
        return None
    last = (
        select(SaidAnswer.to_official_id)
        .where(SaidAnswer.escalation_id == matter.subject, SaidAnswer.official_id == matter.asked.official_id)
        .order_by(SaidAnswer.id.desc())
        .limit(1)
    )
    return session.scalar(last)


def _to(session: Session, matter: Matter, given: Given) -> Person | None:
    """Whom it goes to: the one named, or who had handed over what is not theirs. Raises BadInput naming `to`."""
    if given.answer is Answer.HANDED_OVER:
        found = colleagues(session, matter.notice.unit_path, besides=matter.asked.official_id, official=given.to)
        if not found:
            raise BadInput("There is no such official with a post in this province who can be told.", field="to")
        return found[0]["official_id"], found[0]["full_name"]
    if given.answer is Answer.DECLINED and matter.notice.kind == Kind.HANDOVER:
        passed = matter.notice.facts["passed"]
        if passed["way"] == Way.HANDED_OVER:
            return UUID(passed["official_id"]), passed["full_name"]
    return None


def _said(matter: Matter, given: Given, to: Person | None, by: str) -> SaidAnswer:
    at: datetime = clock.now()
    return SaidAnswer(
        id=uuid7(),
        escalation_id=matter.subject,
        notification_id=matter.asked.id,
        official_id=matter.asked.official_id,
        full_name=matter.asked.full_name,
        answer=given.answer,
        reason=given.reason,
        to_official_id=to[0] if to else None,
        to_full_name=to[1] if to else None,
        at=at,
        by=by,
    )


def _fact(matter: Matter, said: SaidAnswer) -> dict[str, object]:
    more = {
        "answer_id": said.id,
        "answer": said.answer,
        "reason": said.reason,
        "to_official_id": said.to_official_id,
        "to_full_name": said.to_full_name,
        "acknowledged_at": matter.asked.acknowledged_at,
        "answered_at": said.at,
    }
    return fact_of(matter, more)
