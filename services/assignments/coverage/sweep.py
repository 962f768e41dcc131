"""What the clock does about coverage: the snapshot of the day, and once a week a notice of the gaps."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.absences.telling import COORDINATOR
from services.assignments.coverage import queries
from services.assignments.coverage.actions import keep_snapshot, limits
from services.assignments.coverage.rules import Limit, listed, notice_day
from services.assignments.posts.model import Post
from services.assignments.reminders.actions import remind
from services.assignments.reminders.model import SentReminder
from services.assignments.reminders.rules import Reminder
from services.assignments.responsibility.queries import acting_in
from services.assignments.units.model import Unit
from services.assignments.validity import valid_on
from shared import clock

KIND = "coverage_gaps"
FROM_HOUR = 7  # local time: nobody reads it earlier
MOST_LISTED = 40


def take_snapshots(sessions: sessionmaker[Session]) -> None:
    """How every unit that has units below it is covered today, one transaction a province."""
    today = clock.today()
    for unit in tops(sessions, today):
        with sessions.begin() as session:
            keep_snapshot(session, unit.path, today)


def tell_gaps(sessions: sessionmaker[Session]) -> None:
    """Tell the coordinators of each province, once a week, which posts nobody acts in, now or soon. A notice that
    was missed while the system stood is given when it is back."""
    if clock.now().astimezone(clock.LOCAL).hour < FROM_HOUR:
        return
    today = clock.today()
    for unit in _units_of_coordinators(sessions, today):
        with sessions.begin() as session:
            tell_gaps_of(session, unit, today)


def tell_gaps_of(session: Session, unit: Unit, today: date) -> None:
    """The notice of one unit, unless it was given."""
    set_ = limits(session)
    day = notice_day(today, set_[Limit.NOTICE_WEEKDAY])
    given = select(SentReminder.id).where(
        SentReminder.subject_id == unit.id, SentReminder.kind == KIND, SentReminder.day == day
    )
    if session.scalar(given) is not None:
        return
    people = acting_in(session, COORDINATOR, unit.id, today)
    horizon = set_[Limit.HORIZON_DAYS]
    gaps = queries.gaps(session, unit.path, today, today + timedelta(days=horizon + 1)) if people else []
    if not gaps:
        return
    now = sum(gap.since <= today for gap in gaps)
    numbers_vi = f"Hiện chưa có người: {now}. Trong {horizon} ngày tới: thêm {len(gaps) - now}."
    numbers_en = f"Without anybody now: {now}. In the next {horizon} days: {len(gaps) - now} more."
    remind(
        session,
        Reminder(
            kind=KIND,
            subject_id=unit.id,
            day=day,
            recipients=[(each.id, each.full_name) for each in people],
            unit_path=unit.path,
            title_vi=f"Phân công cán bộ còn {len(gaps)} chỗ trống: {unit.name}",
            title_en=f"{len(gaps)} posts without anybody: {unit.name}",
            body_vi="\n".join([numbers_vi, *listed(gaps, today, False, MOST_LISTED)]),
            body_en="\n".join([numbers_en, *listed(gaps, today, True, MOST_LISTED)]),
        ),
    )


def tops(sessions: sessionmaker[Session], day: date) -> Sequence[Unit]:
    """The units without one above, by path."""
    with sessions() as session:
        return session.scalars(
            select(Unit).where(Unit.parent_id.is_(None), valid_on(Unit, day)).order_by(Unit.path)
        ).all()


def _units_of_coordinators(sessions: sessionmaker[Session], day: date) -> Sequence[Unit]:
    """The units for which somebody coordinates, by path."""
    level = select(Post.attached_to).where(Post.code == COORDINATOR).scalar_subquery()
    with sessions() as session:
        return session.scalars(
            select(Unit).where(Unit.level == level, valid_on(Unit, day)).order_by(Unit.path)
        ).all()
