"""The token endpoint (RFC 6749, client credentials) and the public keys; outside /v1, as OAuth libraries expect."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from flask import request
from flask.views import MethodView
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from services.assignments.clients import queries, rules, signing
from services.assignments.clients.actions import ensure_signing_key
from services.assignments.clients.oauth import NO_STORE, OAuthError
from services.assignments.clients.schemas import OAUTH_ERROR, TOKEN_EXAMPLE, TOKEN_FORM, KeySetOutput, TokenOutput
from shared import clock
from shared.web.auth import public
from shared.web.input import Blueprint
from shared.web.service import session

Grant = Callable[[Mapping[str, str]], dict[str, Any]]


def token_blueprint(
    *, secret_key: str, issuer: str, rate: int, grants: Mapping[str, Grant]
) -> tuple[Blueprint, Limiter]:
    """The endpoint and its limiter, to be installed in the application. `rate`: requests a minute for each client
    and address; counted in this process's memory, so that it needs no server and cannot fail with one. `grants`:
    further grant types that need no client's secret; each takes the form and raises OAuthError."""
    blueprint = Blueprint("oauth", __name__, url_prefix="/oauth", description="Access tokens")
    limiter = Limiter(key_func=_who_asks, storage_uri="memory://", strategy="fixed-window", headers_enabled=True)

    @blueprint.route("/token")
    class Token(MethodView):
        """Access tokens."""

        decorators = [limiter.limit(f"{rate} per minute")]

        @public  # the client proves itself in the request: that is what the endpoint is for
        @blueprint.response(200, TokenOutput, example=TOKEN_EXAMPLE)
        @blueprint.doc(requestBody=TOKEN_FORM, responses=_documented())
        def post(self) -> Any:
            """Give a short-lived access token, for a client's id and secret or for an official's refresh token."""
            try:
                return _token(secret_key, issuer, grants), 200, NO_STORE
            except OAuthError as error:
                return error.answer()

    @blueprint.route("/jwks.json")
    class Keys(MethodView):
        """Public keys."""

        @public  # public keys are for everybody who verifies tokens
        @blueprint.response(200, KeySetOutput)
        def get(self) -> Any:
            """The keys that tokens are verified with."""
            return {"keys": queries.public_keys(session())}, 200, {"Cache-Control": "max-age=60"}

    return blueprint, limiter


def _documented() -> dict[str, Any]:
    return {
        "400": {"description": "The request is not one of RFC 6749", "content": OAUTH_ERROR},
        "401": {"description": "Unknown client or wrong secret", "content": OAUTH_ERROR},
    }


def _token(secret_key: str, issuer: str, grants: Mapping[str, Grant]) -> dict[str, Any]:
    grant = request.form.get("grant_type")
    if not grant:
        raise OAuthError("invalid_request", "Send grant_type in a form (application/x-www-form-urlencoded).")
    if any(len(request.form.getlist(name)) > 1 for name in request.form):
        raise OAuthError("invalid_request", "A parameter is sent twice.")
    if grant in grants:
        return grants[grant](request.form)
    client = queries.authenticated(session(), *_credentials())
    if client is None:
        raise OAuthError("invalid_client", "Unknown client or wrong secret.", 401)
    if grant != "client_credentials":
        raise OAuthError("unsupported_grant_type", "Only client_credentials and refresh_token are supported.")
    try:
        scopes = rules.narrowed(client.scopes, request.form.get("scope"))
    except rules.ScopeRefused as error:
        raise OAuthError("invalid_scope", "A scope is unknown or not granted to this client.") from error
    key = ensure_signing_key(session(), secret_key)
    token = signing.access_token(key, issuer, str(client.id), scopes, client.territories, clock.now())
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(signing.TOKEN_LIFETIME.total_seconds()),
        "scope": " ".join(scopes),
    }


def _credentials() -> tuple[str, str]:
    """Id and secret, from HTTP Basic or from the form; raises OAuthError if neither or both are sent."""
    basic, form = request.authorization, request.form
    if basic is not None and basic.type == "basic":
        if "client_secret" in form:
            raise OAuthError("invalid_request", "Send the client's secret once: as HTTP Basic or in the form.")
        return unquote_plus(basic.username or ""), unquote_plus(basic.password or "")
    if request.headers.get("Authorization") or not form.get("client_id") or "client_secret" not in form:
        raise OAuthError("invalid_client", "Send the client's id and secret, as HTTP Basic or in the form.", 401)
    return form["client_id"], form["client_secret"]


def _who_asks() -> str:
    """Whoever guesses at a client is slowed down; a refresh token cannot be guessed, and the officials who send
    theirs come through one portal."""
    basic, form = request.authorization, request.form
    if form.get("grant_type") == "refresh_token":
        return rules.digest_of(form.get("refresh_token", "")).hex()
    client = (basic.username if basic is not None and basic.type == "basic" else None) or form.get("client_id")
    return f"{get_remote_address()} {client or ''}"[:200]
