"""The HTTP interface of webhook endpoints."""

from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from services.notifications.webhooks import queries, schemas
from services.notifications.webhooks.actions import replace_secret, set_up
from services.notifications.webhooks.model import Endpoint
from services.notifications.webhooks.sealing import Sealer
from shared.web.auth import principal, requires
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("webhooks", __name__, description="Where notifications are posted to, signed")

SEALER = "webhook_sealer"  # in the application's extensions


def _sealer() -> Sealer:
    found: Sealer = current_app.extensions[SEALER]
    return found


def _shown(endpoint: Endpoint, secret: str) -> dict[str, Any]:
    names = schemas.EndpointOutput._declared_fields
    return {name: getattr(endpoint, name) for name in names} | {"secret": secret}


@blueprint.route("/webhooks")
class Endpoints(MethodView):
    """All endpoints."""

    @requires("notifications:configure")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(200, page_of(schemas.EndpointOutput), example=schemas.PAGE_EXAMPLE)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """List webhook endpoints, newest first."""
        return queries.listing(session(), principal(), **args)

    @requires("notifications:configure")
    @blueprint.arguments(schemas.EndpointInput, example=schemas.INPUT_EXAMPLE)
    @blueprint.response(201, schemas.SecretOutput, example=schemas.SECRET_EXAMPLE)
    @blueprint.alt_response(403, description="The territory is not everything")
    @blueprint.alt_response(409, description="There is an endpoint for the same official already")
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Set up an endpoint for one official, or for everybody who has none. Its secret is shown this once."""
        queries.check_everywhere(principal())
        made, secret = set_up(session(), _sealer(), given["official"], given["url"], principal().client_id)
        return _shown(made, secret)


@blueprint.route("/webhooks/<uuid:endpoint_id>")
class OneEndpoint(MethodView):
    """One endpoint."""

    @requires("notifications:configure")
    @blueprint.response(200, schemas.EndpointOutput, example=schemas.ENDPOINT_EXAMPLE)
    @blueprint.alt_response(404, description="No such endpoint")
    def get(self, endpoint_id: UUID) -> tuple[Endpoint, dict[str, str]]:
        """Read an endpoint."""
        found = queries.one(session(), endpoint_id, principal())
        return found, {"ETag": etag_of(found.version)}

    @requires("notifications:configure")
    @blueprint.arguments(schemas.EndpointChange, example=schemas.CHANGE_EXAMPLE)
    @blueprint.response(200, schemas.EndpointOutput, example=schemas.ENDPOINT_EXAMPLE)
    @blueprint.alt_response(404, description="No such endpoint")
    @blueprint.alt_response(412, description="Somebody was faster")
    @blueprint.alt_response(428, description="If-Match is missing")
    def put(self, given: dict[str, Any], endpoint_id: UUID) -> tuple[Endpoint, dict[str, str]]:
        """Post elsewhere, pause, or take up again."""
        found = queries.one(session(), endpoint_id, principal(), lock=True)
        check_if_match(found.version)
        found.change(given["url"], given["active"])
        return found, {"ETag": etag_of(found.version)}

    @requires("notifications:configure")
    @blueprint.response(204)
    @blueprint.alt_response(404, description="No such endpoint")
    @blueprint.alt_response(412, description="Somebody was faster")
    @blueprint.alt_response(428, description="If-Match is missing")
    def delete(self, endpoint_id: UUID) -> None:
        """Remove an endpoint; what is still due for it waits for another."""
        found = queries.one(session(), endpoint_id, principal(), lock=True)
        check_if_match(found.version)
        session().delete(found)


@blueprint.route("/webhooks/<uuid:endpoint_id>/secret")
class Secret(MethodView):
    """The secret that signs."""

    @requires("notifications:configure")
    @blueprint.response(201, schemas.SecretOutput, example=schemas.SECRET_EXAMPLE)
    @blueprint.alt_response(404, description="No such endpoint")
    def post(self, endpoint_id: UUID) -> dict[str, Any]:
        """Make a new secret, shown this once; the one before signs, too, for a day."""
        found = queries.one(session(), endpoint_id, principal(), lock=True)
        return _shown(found, replace_secret(session(), _sealer(), found))
