"""The HTTP interface of replays."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.notifications.documented import may_be_missing
from services.notifications.finding.queries import sees_addresses
from services.notifications.finding.rules import Wanted, hidden
from services.notifications.replays import actions, queries, schemas
from services.notifications.replays.model import Replay
from services.notifications.replays.rules import Asked
from shared import clock
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("replays", __name__, description="Sending again what failed")


@blueprint.route("/replays")
class Replays(MethodView):
    """Replays that reached no further than the territory."""

    @requires("notifications:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(200, page_of(schemas.ReplayOutput), example=schemas.PAGE_EXAMPLE)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List replays, newest first: who had what sent again, and why."""
        page = queries.listing(session(), principal(), **args)
        return page | {"items": [_shown(each) for each in page["items"]]}

    @requires("notifications:replay")
    @blueprint.arguments(schemas.ReplayInput, example=schemas.INPUT_EXAMPLE)
    @blueprint.response(200, schemas.ReportOutput, example=schemas.REPORT_EXAMPLE)
    @blueprint.alt_response(404, description="One of the ids is not there, or not inside the territory")
    @blueprint.alt_response(409, description="More than one replay may look at")
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Have failed notifications sent again, or only say what that would do: the default. It is done chunk by
        chunk; `replay` says which to look at."""
        asked = Asked(principal(), given.get("filter", Wanted()), given.get("ids"), given["again"], clock.now())
        report = queries.report(session(), asked)
        made = None if given["dry_run"] else actions.begin(session(), asked, report, given["reason"])
        said = {"dry_run": made is None, "replay": made and _shown(made)}
        return report | said | {"sample": [_masked(each) for each in report["sample"]]}


@blueprint.route("/replays/<uuid:replay_id>")
class OneReplay(MethodView):
    """One of them."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.ReplayDetailOutput, example=schemas.DETAIL_EXAMPLE)
    @may_be_missing()
    def get(self, replay_id: UUID) -> dict[str, Any]:
        """Read a replay, how far it is and what became of those it had sent again."""
        found = queries.one(session(), replay_id, principal())
        return _shown(found) | {"became": queries.became_of(session(), replay_id)}


def _shown(replay: Replay) -> dict[str, Any]:
    """With the filter in the words of the API."""
    kept = {("from" if name == "since" else name): value for name, value in replay.wanted.items()}
    names = ("id", "at", "by", "reason", "ids", "again", "expected", "replayed", "left", "finished_at")
    return {name: getattr(replay, name) for name in names} | {"filter": kept}


def _masked(sample: dict[str, Any]) -> dict[str, Any]:
    error = sample["last_error"]
    return sample if error is None or sees_addresses(principal()) else sample | {"last_error": hidden(error)}
