"""The HTTP interface of the working-time calendar. It is the same for all places: no territory narrows it, and
only whose territory is everything sets it."""

from datetime import date
from typing import Any

from flask.views import MethodView

from services.visits.calendar import actions, queries, schemas
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("calendar", __name__, description="Working hours, holidays and days set by hand")


@blueprint.route("/working-days")
class WorkingDays(MethodView):
    """What days are like."""

    @requires("visits:read")
    @blueprint.arguments(schemas.DaysArgs(), location="query")
    @blueprint.response(200, schemas.DaysOutput)
    def get(self, given: dict[str, Any]) -> dict[str, Any]:
        """Read the working hours of each day, with holidays, swaps and days set by hand."""
        return {"days": list(queries.days(session(), given["first"], given["last"]))}


@blueprint.route("/working-hours")
class Week(MethodView):
    """The hours of the week."""

    @requires("visits:read")
    @blueprint.response(200, schemas.WeekOutput)
    def get(self) -> dict[str, Any]:
        """Read the working hours of each weekday."""
        return {"hours": queries.all_hours(session())}

    @requires("visits:configure")
    @blueprint.arguments(schemas.WeekInput())
    @blueprint.response(200, schemas.WeekOutput)
    def put(self, given: dict[str, Any]) -> dict[str, Any]:
        """Set the working hours of the week; what is left out is not worked."""
        actions.put_hours(session(), given["hours"], principal())
        return {"hours": queries.all_hours(session())}


@blueprint.route("/calendar-overrides")
class Overrides(MethodView):
    """Days set by hand."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.OverrideOutput))
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """Read the days that were set by hand."""
        return queries.page_of_overrides(session(), **paging)


@blueprint.route("/calendar-overrides/<string:day>")
class OneOverride(MethodView):
    """One day."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.OverrideInput())
    @blueprint.response(200, schemas.OverrideOutput)
    @blueprint.alt_response(404, description="No day of the calendar")
    def put(self, given: dict[str, Any], day: str) -> Any:
        """Set what a day is like: a holiday's swap, a make-up day, shorter hours."""
        return actions.put_override(session(), _day(day), given, principal())

    @requires("visits:configure")
    @blueprint.response(204)
    @blueprint.alt_response(404, description="Not set by hand")
    def delete(self, day: str) -> None:
        """Let a day be as its weekday and the list of holidays say."""
        actions.drop_override(session(), _day(day), principal())


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None
    if not 2000 <= day.year < 2100 or day.isoformat() != text:
        raise NotFound()
    return day
