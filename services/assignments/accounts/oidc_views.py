"""Signing in over an OpenID provider, for those who have no token yet."""

from typing import Any

from flask.views import MethodView

from services.assignments.accounts import queries, schemas, signing_in
from services.assignments.accounts.issuing import Issuer
from services.assignments.accounts.oidc import OpenId
from services.assignments.accounts.views import where_from
from services.assignments.clients.oauth import NO_STORE
from shared.errors import NotFound, Unauthorized
from shared.web.auth import public
from shared.web.input import Blueprint
from shared.web.service import session

_AWAY = {"404": {"description": "No provider is configured"}, "503": {"description": "The provider is away"}}
_FLOW = {"address": "https://id.bentre.example/authorize?response_type=code&…", "flow": "gAAAAABn"}
_BACK = {"flow": "gAAAAABn", "state": "c3RhdGU", "code": "Y29kZQ"}


def oidc_blueprint(issuer: Issuer, provider: OpenId | None) -> Blueprint:
    """The endpoints; without a provider they say so."""
    blueprint = Blueprint("oidc", __name__, description="Signing in over an OpenID provider")

    def configured() -> OpenId:
        if provider is None:
            raise NotFound("No OpenID provider is configured.")
        return provider

    @blueprint.route("/oidc")
    class OpenIdProvider(MethodView):
        """The provider."""

        @public  # the sign-in page shows it
        @blueprint.response(200, schemas.ProviderOutput, example={"name": "Cổng tỉnh"})
        def get(self) -> dict[str, Any]:
            """Read whether there is a provider, and what it is called."""
            return {"name": provider.provider.name if provider else None}

    @blueprint.route("/oidc/flows")
    class OpenIdFlows(MethodView):
        """The beginning."""

        @public  # whoever signs in has no token yet
        @blueprint.response(200, schemas.FlowOutput, example=_FLOW)
        @blueprint.doc(responses=_AWAY)
        def post(self) -> Any:
            """Begin: send the browser to `address`, and have it keep `flow`."""
            return configured().begin(), 200, NO_STORE

    @blueprint.route("/oidc/sign-in")
    class OpenIdSignIn(MethodView):
        """The end."""

        @public  # the provider vouches for them
        @blueprint.arguments(schemas.FlowInput, example=_BACK)
        @blueprint.response(200, schemas.SignedOutput, example=schemas.SIGNED_EXAMPLE)
        @blueprint.doc(
            responses=_AWAY | {"401": {"description": "The provider does not vouch, or for nobody here"}}
        )
        def post(self, given: dict[str, Any]) -> Any:
            """Sign in with what came back from the provider; its second factor counts."""
            login = configured().finish(**given)
            account = queries.by_login(session(), login)
            if account is None or not account.may_sign_in:
                raise Unauthorized("There is no account for who you are there. Ask to be invited.")
            return (
                issuer.tokens(session(), signing_in.begin(session(), account, "oidc", where_from())),
                200,
                NO_STORE,
            )

    return blueprint
