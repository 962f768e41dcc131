"""Setting days by hand and the hours of the week."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.visits.calendar.model import CalendarOverride, WorkingHours
from services.visits.calendar.queries import forget
from services.visits.calendar.rules import Span, overlapping
from shared.errors import BadInput, Forbidden, NotFound
from shared.web.auth import Principal


def put_override(session: Session, day: date, given: dict[str, Any], who: Principal) -> CalendarOverride:
    """Set what a day is like; `given` is what OverrideInput loads. Raises BadInput naming `hours`, Forbidden for a
    client whose territory is not everything: the calendar holds everywhere."""
    _check(who)
    hours = _spans(given["hours"]) if given["hours"] is not None else None
    if hours is not None and given["kind"] == "off":
        raise BadInput("A day off has no hours.", field="hours")
    if hours is not None and (not hours or overlapping(hours)):
        raise BadInput("Give spans that end after they begin and do not overlap.", field="hours")
    made = CalendarOverride.of(
        day, kind=given["kind"], hours=hours, note=given["note"], source=given["source"], by=who.client_id
    )
    override = session.merge(made)
    session.flush()
    forget(session)
    return override


def drop_override(session: Session, day: date, who: Principal) -> None:
    """Let a day be as its weekday and the holidays say; raises NotFound, Forbidden as `put_override` does."""
    _check(who)
    override = session.get(CalendarOverride, day)
    if override is None:
        raise NotFound()
    session.delete(override)
    session.flush()
    forget(session)


def put_hours(session: Session, given: Sequence[dict[str, Any]], who: Principal) -> None:
    """Set the working hours of the week, all of it; raises as `put_override` does."""
    _check(who)
    for weekday in range(7):
        if overlapping(_spans([each for each in given if each["weekday"] == weekday])):
            raise BadInput("Give spans that end after they begin and do not overlap.", field="hours")
    session.execute(delete(WorkingHours))
    session.add_all(WorkingHours(**each) for each in given)
    session.flush()
    forget(session)


def _check(who: Principal) -> None:
    if not who.covers(""):
        raise Forbidden("The calendar holds everywhere; your territory does not.")


def _spans(given: Sequence[dict[str, time]]) -> list[Span]:
    return sorted(Span(each["opens"], each["closes"]) for each in given)
