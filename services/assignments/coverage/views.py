"""The HTTP interface of coverage."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, cast

import orjson
from flask import Response, current_app
from flask.views import MethodView
from sqlalchemy import select

from services.assignments.assignments.schemas import ASSIGNMENT_EXAMPLE, AssignmentOutput
from services.assignments.coverage import actions, pages, people, queries, schemas
from services.assignments.coverage.model import CoverageLimit
from services.assignments.coverage.rules import Limit
from shared import clock
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, changes_a_record
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import ServiceApp, session

blueprint = Blueprint("coverage", __name__, description="Where nobody acts, now and soon, and who needs a look")


def _page(item: Any, example: Any) -> Callable[[Any], Any]:
    decorate: Callable[[Any], Any] = blueprint.response(
        200, page_of(item), example={"items": [example], "next_cursor": None}
    )
    return decorate


@blueprint.route("/coverage")
class Coverage(MethodView):
    """The coverage of a unit."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.CoverageArgs, location="query")
    @blueprint.response(200, schemas.CoverageOutput, example=schemas.COVERAGE_EXAMPLE)
    @blueprint.alt_response(404, description="No such unit inside the territory today")
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Say how a unit and those below it are covered, and how much there is to look at."""
        return pages.overview(session(), principal(), **args)


@blueprint.route("/coverage/gaps")
class Gaps(MethodView):
    """Posts in which nobody acts."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.GapArgs, location="query")
    @_page(schemas.GapOutput, schemas.GAP_EXAMPLE)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List the posts that nobody holds, or whose holders are all away without a substitute, now or soon."""
        return pages.gaps(session(), principal(), **args)


@blueprint.route("/coverage/overloaded")
class Overloaded(MethodView):
    """Officials with too many places."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.UnitPageArgs, location="query")
    @_page(schemas.OverloadedOutput, schemas.PERSON_EXAMPLE | {"places": 7})
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List officials who follow more places than the limit most_places says."""
        unit, today = pages.unit_of(session(), principal(), args.pop("unit"))
        most = actions.limits(session())[Limit.MOST_PLACES]
        return people.overloaded(session(), unit.path, today, most, **args)


@blueprint.route("/coverage/ending")
class Ending(MethodView):
    """Terms about to end."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.EndingArgs, location="query")
    @_page(AssignmentOutput, ASSIGNMENT_EXAMPLE | {"valid_to": "2026-04-01"})
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List the assignments that end soon, the next first."""
        unit, today = pages.unit_of(session(), principal(), args.pop("unit"))
        days = args.pop("days") or actions.limits(session())[Limit.ENDING_DAYS]
        return people.ending(session(), unit.path, today, days, **args)


@blueprint.route("/coverage/unreachable")
class Unreachable(MethodView):
    """Officials nobody can reach."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.UnitPageArgs, location="query")
    @_page(
        schemas.UnreachableOutput,
        schemas.PERSON_EXAMPLE | {"reason": "bounced", "since": "2026-03-02T01:45:01+00:00"},
    )
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List officials who hold a post there and have no address, or one that mail comes back from."""
        unit, today = pages.unit_of(session(), principal(), args.pop("unit"))
        return people.unreachable(session(), unit.path, today, **args)


@blueprint.route("/coverage/history")
class History(MethodView):
    """The coverage of a unit over time."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.HistoryArgs, location="query")
    @_page(schemas.DayOutput, schemas.DAY_EXAMPLE)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List how a province or district was covered day by day, the newest first."""
        return pages.history(session(), principal(), **args)


@blueprint.route("/coverage/stream")
class Stream(MethodView):
    """The coverage of all of the territory."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.StreamArgs, location="query")
    @blueprint.response(
        200,
        {"type": "string"},
        content_type="application/x-ndjson",
        description="One unit's score or one gap a line, province by province",
    )
    def get(self, args: dict[str, Any]) -> Response:
        """Take all of it, as JSON lines: {"score": …} for each unit that has others below it, {"gap": …}."""
        today = clock.today()
        days = args["days"] or actions.limits(session())[Limit.HORIZON_DAYS]
        units = pages.roots(session(), principal(), today)
        app = cast(ServiceApp, current_app._get_current_object())  # type: ignore[attr-defined]
        return Response(
            _lines(app, units, today, today + timedelta(days=days + 1)), mimetype="application/x-ndjson"
        )


def _lines(app: ServiceApp, paths: list[str], today: date, until: date) -> Iterator[bytes]:
    """A province at a time: no transaction stays open while a slow reader takes the lines."""
    score, gap = schemas.TallyOutput(), schemas.GapOutput()
    for path in paths:
        with app.sessions() as reading:
            tallies = queries.tallies(reading, path, today)
            gaps = queries.gaps(reading, path, today, until)
        lines = [orjson.dumps({"score": score.dump(each)}) for each, _ in tallies]
        lines += [orjson.dumps({"gap": gap.dump(each)}) for each in gaps]
        yield b"\n".join([*lines, b""])


@blueprint.route("/coverage-limits")
class Limits(MethodView):
    """The numbers that coverage goes by."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.LimitList, example={"items": [schemas.LIMIT_EXAMPLE]})
    def get(self) -> dict[str, Any]:
        """List all limits; the list is short and has one page."""
        return {"items": session().scalars(select(CoverageLimit).order_by(CoverageLimit.code)).all()}


@blueprint.route("/coverage-limits/<string:limit>")
class OneLimit(MethodView):
    """One limit."""

    @requires("assignments:write")
    @blueprint.arguments(schemas.LimitInput, example={"amount": 5, "source": "Quy định 02"})
    @blueprint.response(200, schemas.LimitOutput, example=schemas.LIMIT_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], limit: str) -> tuple[CoverageLimit, dict[str, str]]:
        """Change a limit."""
        found = actions.locked_limit(session(), limit)
        check_if_match(found.version)
        return actions.change_limit(principal(), found, **given), {"ETag": etag_of(found.version)}
