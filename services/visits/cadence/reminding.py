"""Reminding officials of what is regular: once before it is due, once when it is overdue."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from services.visits.cadence import rules
from services.visits.cadence.model import CadenceRule, Obligation
from services.visits.cadence.queries import Due, standing
from services.visits.cadence.rules import State
from services.visits.followings import queries as followings
from services.visits.followings.model import Following
from services.visits.officials.model import Official
from services.visits.reminders.actions import remind
from services.visits.reminders.rules import Reminder
from shared import clock

BATCH = 100


def remind_regularly(sessions: sessionmaker[Session]) -> None:
    """Look at every obligation whose day has come, in small transactions."""
    with sessions.begin() as session:
        open_obligations(session)
    looked = BATCH
    while looked == BATCH:
        with sessions.begin() as session:
            looked = look(session)


def open_obligations(session: Session) -> None:
    """Each following in force gets its obligations, as the rules of its post say; one statement."""
    today = clock.today()
    wanted = (
        select(Following.id, CadenceRule.activity, literal(today))
        .join(CadenceRule, and_(CadenceRule.post == Following.post, CadenceRule.active))
        .outerjoin(
            Obligation,
            and_(Obligation.following_id == Following.id, Obligation.activity == CadenceRule.activity),
        )
        .where(
            Following.valid_from <= today,
            or_(Following.valid_to.is_(None), Following.valid_to > today),
            Obligation.following_id.is_(None),
        )
    )
    new = insert(Obligation).from_select(["following_id", "activity", "next_on"], wanted)
    session.execute(new.on_conflict_do_nothing())


def look(session: Session) -> int:
    """Look at up to BATCH obligations whose day has come; returns how many. Each gets a later day, or goes."""
    today = clock.today()
    claimed = session.scalars(
        select(Obligation)
        .where(Obligation.next_on <= today)
        .order_by(Obligation.next_on, Obligation.following_id, Obligation.activity)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    wanted = {each.following_id for each in claimed}
    held = followings.in_force(session, today, Following.id.in_(wanted)) if wanted else []
    found = {(each.held.following_id, each.rule.activity): each for each in standing(session, held, today)}
    for obligation in claimed:
        due = found.get((obligation.following_id, obligation.activity))
        if due is None:  # the assignment has ended, or the rule is gone
            session.delete(obligation)
            continue
        if due.acting_id is None:  # away, and nobody stands in: it waits
            obligation.next_on = today + rules.ONE_DAY
            continue
        _tell(session, due, today)
        obligation.next_on = rules.next_look(due.state, today, due.due_on, due.rule.remind_before)
    return len(claimed)


def _tell(session: Session, due: Due, today: date) -> None:
    if due.state is State.UPCOMING:
        return
    people = [_whose(session, due)]
    if due.state is State.OVERDUE and due.rule.tell_post:
        for path in due.held.paths:
            people += followings.people(followings.holders(session, path, today, [due.rule.tell_post]))
    remind(session, _reminder(due, people))


def _whose(session: Session, due: Due) -> tuple[UUID, str]:
    """The official, or who stands in."""
    person = due.held.official_id, due.held.full_name
    if due.acting_id in (None, person[0]):
        return person
    substitute = session.get(Official, due.acting_id)
    return (substitute.id, substitute.full_name) if substitute is not None else person


def _reminder(due: Due, people: Sequence[tuple[UUID, str]]) -> Reminder:
    held, late = due.held, due.state is State.OVERDUE
    vi, en = rules.NAMES[due.rule.activity]
    last_vi = f"Lần gần nhất: {due.last_on:%d/%m/%Y}." if due.last_on else "Chưa có lần nào."
    last_en = f"The last one: {due.last_on:%d/%m/%Y}." if due.last_on else "None so far."
    return Reminder(
        kind=f"{due.rule.activity}_{'overdue' if late else 'due'}",
        subject_id=held.following_id,
        day=due.due_on,
        recipients=people,
        unit_path=held.unit_path,
        title_vi=f"{'Đã quá hạn' if late else 'Sắp đến hạn'} {vi}: {held.place_name}",
        title_en=f"{en.capitalize()} {'overdue' if late else 'due soon'}: {held.place_name}",
        body_vi=f"{held.full_name} ({held.post_name_vi}). Hạn: {due.due_on:%d/%m/%Y}.\n{last_vi}\n"
        f"Định kỳ: {due.rule.every_days} ngày một lần. Căn cứ: {due.rule.source}.",
        body_en=f"{held.full_name} ({held.post_name_en}). Due: {due.due_on:%d/%m/%Y}.\n{last_en}\n"
        f"The rule: once in {due.rule.every_days} days. Source: {due.rule.source}.",
    )
