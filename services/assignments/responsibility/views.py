"""The HTTP interface of responsibility."""

from typing import Any

from flask.views import MethodView

from services.assignments.responsibility.queries import ask
from services.assignments.responsibility.schemas import RESPONSIBLE_EXAMPLE, ResponsibleArgs, ResponsibleOutput
from shared.database import each_commits
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.service import session

blueprint = Blueprint("responsibility", __name__, description="Who is told, and why")


@blueprint.route("/responsible")
class Responsible(MethodView):
    """Who is responsible for a place on a day."""

    @requires("assignments:read")
    @blueprint.arguments(ResponsibleArgs, location="query")
    @blueprint.response(200, ResponsibleOutput, example=RESPONSIBLE_EXAMPLE)
    @blueprint.alt_response(404, description="No such unit inside the territory on that day")
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Say who is told of an issue of this place: each person once, with every reason, and the vacancies."""
        each_commits(session())
        return ask(session(), principal(), **args)
