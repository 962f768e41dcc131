"""The calendar in force, remembered for seconds: every report and every escalation counts with it."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.calendar.days import Override, day_of, ordinary
from services.visits.calendar.model import CalendarOverride, WorkingHours
from services.visits.calendar.rules import Span, WorkingTime
from shared.web.paging import paginate

_KEPT = 5.0  # seconds
_remembered: WeakKeyDictionary[object, tuple[float, object, WorkingTime]] = WeakKeyDictionary()


def working_time(session: Session) -> WorkingTime:
    """The calendar in force; one that has not changed keeps its tables."""
    bind = session.bind
    until, rows, calendar = _remembered.get(bind, (0.0, None, None))
    if calendar is None or time.monotonic() > until:
        found = _rows(session)
        if calendar is None or found != rows:
            calendar = _calendar(*found)
        _remembered[bind] = (time.monotonic() + _KEPT, found, calendar)
    return calendar


def forget(session: Session) -> None:
    """Read the calendar again next time: it has been changed here."""
    _remembered.pop(session.bind, None)


def page_of_overrides(session: Session, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """The days set by hand, in their order."""
    return paginate(session, select(CalendarOverride), CalendarOverride.day, limit=limit, cursor=cursor)


def all_hours(session: Session) -> Sequence[WorkingHours]:
    """The working hours of the week."""
    return session.scalars(select(WorkingHours).order_by(WorkingHours.weekday, WorkingHours.opens)).all()


def days(session: Session, first: date, last: date) -> Iterator[dict[str, Any]]:
    """The working hours of each day from the first to the last."""
    calendar = working_time(session)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        spans, note = calendar.day(day)
        yield {"day": day, "hours": [span._asdict() for span in spans], "note": note}


def _rows(session: Session) -> tuple[list[Any], list[Any]]:
    hours = session.execute(select(WorkingHours.weekday, WorkingHours.opens, WorkingHours.closes)).all()
    overrides = session.execute(
        select(CalendarOverride.day, CalendarOverride.kind, CalendarOverride.hours, CalendarOverride.note)
    ).all()
    return sorted(map(tuple, hours)), sorted(map(tuple, overrides), key=lambda row: row[0])


def _calendar(hours: list[Any], overrides: list[Any]) -> WorkingTime:
    week: dict[int, list[Span]] = defaultdict(list)
    for weekday, opens, closes in hours:
        week[weekday].append(Span(opens, closes))
    return WorkingTime(day_of(week, {row[0]: _override(week, *row) for row in overrides}))


def _override(
    week: Mapping[int, Sequence[Span]], day: date, kind: str, hours: list[list[str]] | None, note: str
) -> Override:
    if kind == "off":
        return Override((), note)
    own = CalendarOverride(hours=hours).spans
    if own is not None:
        return Override(tuple(own), note)
    return Override(tuple(sorted(week.get(day.weekday()) or ordinary(week))), note)
