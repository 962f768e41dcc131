"""The HTTP interface of policies. They are the same for all places, so no territory narrows them."""

import re
from typing import Any

from flask.views import MethodView

from services.visits.deadlines import queries, schemas
from services.visits.deadlines.policies import put_policy
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("deadlines", __name__, description="By when issues are answered, accepted and settled")

_CODE = re.compile(r"[a-z0-9_]{1,60}")


@blueprint.route("/sla-policies")
class Policies(MethodView):
    """All policies."""

    @requires("visits:read")
    @blueprint.arguments(CursorArgs(), location="query")
    @blueprint.response(200, page_of(schemas.PolicyOutput))
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """Read the policies, each with its source."""
        return queries.page_of_policies(session(), **paging)


@blueprint.route("/sla-policies/<string:policy_code>")
class OnePolicy(MethodView):
    """One policy."""

    @requires("visits:configure")
    @blueprint.arguments(schemas.PolicyInput())
    @blueprint.response(200, schemas.PolicyOutput)
    @blueprint.alt_response(404, description="No code of a policy: small letters, digits, underscores")
    def put(self, given: dict[str, Any], policy_code: str) -> Any:
        """Set a policy; it holds for issues reported from then on."""
        if not _CODE.fullmatch(policy_code):
            raise NotFound()
        return put_policy(session(), policy_code, given, principal())
