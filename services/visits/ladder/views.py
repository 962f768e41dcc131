"""The HTTP interface of the ladder: its steps, and what an issue waits for."""

from typing import Any

from flask.views import MethodView

from services.visits.deadlines.queries import timers_of
from services.visits.deadlines.schemas import TimersOutput
from services.visits.issues.queries import id_of
from services.visits.ladder import queries, schemas
from services.visits.ladder.actions import put_step
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("ladder", __name__, description="How issues climb when nobody answers")

_HIGHEST = 20


@blueprint.route("/escalation-steps")
class Steps(MethodView):
    """All steps; they are the same for all places."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.StepOutput))
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """Read the steps, each with its times and sources."""
        return queries.page_of_steps(session(), **paging)


@blueprint.route("/escalation-steps/<int:step>")
class OneStep(MethodView):
    """One step."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.StepInput(), example=schemas.STEP_EXAMPLE)
    @blueprint.response(200, schemas.StepOutput)
    @blueprint.alt_response(404, description="Steps are numbered from 1")
    def put(self, given: dict[str, Any], step: int) -> Any:
        """Set a step, or add the one after the last; its times hold for escalations from then on."""
        if not 1 <= step <= _HIGHEST:
            raise NotFound()
        return put_step(session(), step, given, principal())


@blueprint.route("/issues/<string:issue>/deadlines")
class Deadlines(MethodView):
    """What an issue waits for."""

    @requires("visits:read")
    @blueprint.response(200, TimersOutput)
    @blueprint.alt_response(404, description="No such issue inside the territory")
    def get(self, issue: str) -> dict[str, Any]:
        """Read the deadlines of an issue, and where the ladder waits."""
        return {"items": timers_of(session(), id_of(session(), issue, principal()))}
