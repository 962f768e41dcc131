"""Telling the rest who took an escalation, or gave it back: quietly, once, and only while the issue is open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.escalations.model import Recipient
from services.visits.escalations.standing import Answer, Heard
from services.visits.issues.rules import OPEN, Sensitivity, State
from services.visits.reminders.actions import remind_all
from services.visits.reminders.rules import Reminder
from shared import clock
from shared.messaging.events import Event

_WORDS = {  # kind: title in Vietnamese and English, and what it means for the others
    "escalation_acknowledged": (
        "{who} đã nắm thông tin: {code}",
        "{who} acknowledged {code}",
        "Đồng chí không cần làm gì thêm, trừ khi được đề nghị.",
        "You need not do anything unless you are asked to.",
    ),
    "escalation_taken": (
        "{who} nhận xử lý: {code}",
        "{who} will handle {code}",
        "Đồng chí không cần làm gì thêm, trừ khi được đề nghị.",
        "You need not do anything unless you are asked to.",
    ),
    "escalation_returned": (
        "{who} trả lại, chưa ai nhận: {code}",
        "{who} gave {code} back; nobody has it",
        "Đồng hồ chạy lại: nếu không ai nhận, việc này sẽ được chuyển lên cấp trên.",
        "The clock runs again: unless somebody takes it, it goes one step higher.",
    ),
}


class _News(NamedTuple):
    kind: str
    escalation: Any
    who: UUID
    name: str
    occasion: str  # names this act: the subject is made of it, because there may be several a day
    cause: Event | None


def tell_of_first(session: Session, heard: Heard, events: Sequence[Event]) -> None:
    """The rest hear of the first acknowledgement of an escalation."""
    news = []
    for event in events:
        each = heard.known[event.data["escalation_id"]]
        first = heard.firsts[each.id]
        is_first = first and first.official_id == event.data["official_id"] and each.acknowledged_by is None
        if is_first and (each.id, event.data["official_id"]) in heard.fresh and each.routed_at:
            news.append(_news("escalation_acknowledged", each, event))
    _tell(session, news)


def tell_of_answers(session: Session, heard: Heard, events: Sequence[Event]) -> None:
    """The rest hear who will handle it, and when nobody has it any more."""
    news = []
    for event in events:
        each, fact = heard.known[event.data["escalation_id"]], event.data
        if (each.id, fact["official_id"]) not in heard.fresh:
            continue
        if fact["answer"] == Answer.TAKEN:
            news.append(_news("escalation_taken", each, event))
        elif each.acknowledged_by and heard.firsts[each.id] is None:
            news.append(_news("escalation_returned", each, event))
    _tell(session, news)


def tell_of_earlier(session: Session, escalations: Iterable[Any]) -> None:
    """Who is told only now hears of an acknowledgement that came first."""
    _tell(
        session,
        [
            _News(
                "escalation_acknowledged", each, each.acknowledged_by, each.acknowledged_by_name, str(each.id), None
            )
            for each in escalations
            if each.acknowledged_by and each.routed_at is None
        ],
    )


def _news(kind: str, each: Any, event: Event) -> _News:
    fact = event.data
    occasion = f"{each.id}/{fact['official_id']}/{event.version}"
    return _News(kind, each, fact["official_id"], fact["full_name"], occasion, event)


def _tell(session: Session, news: Sequence[_News]) -> None:
    open_ones = [each for each in news if State(each.escalation.state) in OPEN]
    if not open_ones:
        return
    told = select(Recipient.escalation_id, Recipient.official_id, Recipient.full_name, Recipient.answer).where(
        Recipient.escalation_id.in_({each.escalation.id for each in open_ones})
    )
    people: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for row in session.execute(told.order_by(Recipient.official_id)):
        if row.answer != Answer.DECLINED:
            people[row.escalation_id].append((row.official_id, row.full_name))
    remind_all(session, [(_reminder(each, people[each.escalation.id]), each.cause) for each in open_ones])


def _reminder(news: _News, people: Iterable[tuple[UUID, str]]) -> Reminder:
    each = news.escalation
    title_vi, title_en, means_vi, means_en = _WORDS[news.kind]
    named = {"who": news.name, "code": each.code}
    about = each.unit_name if each.sensitivity != Sensitivity.NORMAL else f"{each.unit_name}: {each.title}"
    return Reminder(
        kind=news.kind,
        subject_id=uuid5(each.issue_id, news.occasion),
        day=clock.today(),
        recipients=[person for person in people if person[0] != news.who],
        unit_path=each.unit_path,
        title_vi=title_vi.format(**named),
        title_en=title_en.format(**named),
        body_vi=f"{about}\n{means_vi}",
        body_en=f"{about}\n{means_en}",
        issue_id=each.issue_id,
        issue_code=each.code,
    )
