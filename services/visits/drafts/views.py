"""The HTTP interface of drafts."""

from typing import Any

from flask.views import MethodView

from services.visits.drafts import schemas
from services.visits.drafts.actions import take
from services.visits.drafts.kinds import perform
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("drafts", __name__, description="Handing in what was written without a connection")


@blueprint.route("/drafts/batch")
class Batch(MethodView):
    """Drafts, up to a hundred at once."""

    @requires("visits:write")
    @blueprint.arguments(schemas.BatchInput(), example=schemas.BATCH_EXAMPLE)
    @blueprint.response(200, schemas.BatchOutput)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Hand in drafts: each is done once, however often it is sent, and one that is refused harms no other."""
        return {"items": take(session(), given["items"], principal(), perform)}
