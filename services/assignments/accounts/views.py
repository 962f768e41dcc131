"""Signing in and out, and the links in mails: for those who have no token yet."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from flask.views import MethodView
from flask_limiter import Limiter
from werkzeug.exceptions import TooManyRequests

from services.assignments.accounts import actions, schemas, signing_in
from services.assignments.accounts.actions import Post
from services.assignments.accounts.issuing import Issuer
from services.assignments.accounts.signing_in import Signed
from services.assignments.audit.actor import origin
from services.assignments.audit.rules import said
from services.assignments.clients.oauth import NO_STORE, OAuthError
from shared.sealing import Seal
from shared.web.auth import public
from shared.web.input import Blueprint
from shared.web.problems import problem
from shared.web.service import ServiceApp, session

_REFUSED = {"401": {"description": "Not known, or wrong; code_needed: send a code of the authenticator, too"}}
_LINKS = {"404": {"description": "Not a link of ours"}, "410": {"description": "Used already, or too old"}}
_SLOWED = {"429": {"description": "Too many attempts; see Retry-After"}}


def where_from() -> dict[str, Any]:
    """Where a session comes from, for its owner to recognise it by."""
    return {"address": said(origin()), "agent": said(request.headers.get("User-Agent", ""))}


def sign_in_blueprint(*, issuer: Issuer, seal: Seal, post: Post, rate: int) -> tuple[Blueprint, Limiter]:
    """The endpoints and their limiter, to be installed in the application. `rate`: requests a minute for each
    address, counted in this process's memory; guessing at one account is slowed down by rows."""
    blueprint = Blueprint("sign_in", __name__, description="Signing in and out")
    # Its headers stay off: Retry-After is that of the account.
    limiter = Limiter(key_func=origin, storage_uri="memory://", strategy="fixed-window")
    limits: list[Any] = [limiter.limit(f"{rate} per minute", on_breach=_breached)]

    @blueprint.route("/sign-in")
    class SignIn(MethodView):
        """Signing in with a password."""

        decorators = limits

        @public  # whoever signs in has no token yet: the password is what is checked
        @blueprint.arguments(schemas.SignInInput, example=schemas.SIGN_IN_EXAMPLE)
        @blueprint.response(200, schemas.SignedOutput, example=schemas.SIGNED_EXAMPLE)
        @blueprint.doc(responses=_REFUSED | _SLOWED)
        def post(self, given: dict[str, Any]) -> Any:
            """Sign in; the answer is the same, and takes as long, whether or not there is such an account."""
            _slow_down(given["email"])
            signed = signing_in.sign_in(
                session(), seal, given["email"], given["password"], given["code"], where_from()
            )
            return issuer.tokens(session(), signed), 200, NO_STORE

    @blueprint.route("/sign-in/code")
    class SignInCode(MethodView):
        """The second step."""

        decorators = limits

        @public  # the challenge proves that the password was given a moment ago
        @blueprint.arguments(schemas.SignInCodeInput, example={"challenge": "gAAAAABn", "code": "287082"})
        @blueprint.response(200, schemas.SignedOutput, example=schemas.SIGNED_EXAMPLE)
        @blueprint.doc(responses=_REFUSED | _SLOWED)
        def post(self, given: dict[str, Any]) -> Any:
            """Sign in with the challenge that a password was answered with, and a code."""
            _slow_down(signing_in.challenged(session(), seal, given["challenge"]).login)
            signed = signing_in.sign_in_with_code(session(), seal, given["challenge"], given["code"], where_from())
            return issuer.tokens(session(), signed), 200, NO_STORE

    @blueprint.route("/sign-out")
    class SignOut(MethodView):
        """Signing out."""

        decorators = limits

        @public  # the refresh token is what is given up; an access token may have run out by then
        @blueprint.arguments(schemas.SignOutInput, example={"refresh_token": schemas.TOKEN_EXAMPLE})
        @blueprint.response(204)
        def post(self, given: dict[str, Any]) -> None:
            """End the session of a refresh token; of one that is unknown there is none to end."""
            signing_in.sign_out(session(), given["refresh_token"])

    @blueprint.route("/password-resets")
    class Resets(MethodView):
        """A forgotten password."""

        decorators = limits

        @public  # whoever has forgotten the password cannot sign in; the link goes to the account's address only
        @blueprint.arguments(schemas.ResetInput, example={"email": schemas.SIGN_IN_EXAMPLE["email"]})
        @blueprint.response(202, description="If there is such an account, a mail is on its way")
        @blueprint.doc(responses=_SLOWED)
        def post(self, given: dict[str, Any]) -> None:
            """Ask for a link to choose a new password."""
            _slow_down(f"reset {given['email']}")
            actions.ask_reset(session(), given["email"], post)

    @blueprint.route("/passwords")
    class Passwords(MethodView):
        """A password, chosen over a link."""

        decorators = limits

        @public  # whoever holds the link was sent it
        @blueprint.arguments(schemas.ChosenPasswordInput, example=_CHOSEN)
        @blueprint.response(204)
        @blueprint.doc(
            responses={"404": {"description": "Not a link of ours"}, "410": {"description": "Used or old"}}
        )
        def post(self, given: dict[str, Any]) -> None:
            """Choose a password; the link is used up, and whoever was signed in has to sign in again."""
            actions.choose_password(session(), **given, post=post)

    return blueprint, limiter


_CHOSEN = {"token": schemas.TOKEN_EXAMPLE, "password": schemas.SIGN_IN_EXAMPLE["password"]}


def _breached(_limit: Any) -> Any:
    response = problem(429, "Too Many Requests", "Too many requests come from this address; wait a minute.")
    response.headers["Retry-After"] = "60"
    return response


def _slow_down(what: str) -> None:
    """Counted and committed before the attempt is made, so that nothing that fails later undoes it."""
    app: ServiceApp = current_app  # type: ignore[assignment]
    with app.sessions.begin() as counting:
        wait = signing_in.count_attempt(counting, what)
    if wait:
        raise TooManyRequests("Too many attempts; wait a little.", retry_after=wait)


def refresh_grant(issuer: Issuer) -> Any:
    """The grant type refresh_token (RFC 6749, section 6) of the token endpoint."""

    def grant(form: Mapping[str, str]) -> dict[str, Any]:
        token = form.get("refresh_token")
        if not token:
            raise OAuthError("invalid_request", "Send the refresh_token.")
        signed: Signed | None = signing_in.renew(session(), token, form.get("capacity"))
        if signed is None:
            raise OAuthError("invalid_grant", "The refresh token is not good, or no more.")
        return issuer.tokens(session(), signed)

    return grant
