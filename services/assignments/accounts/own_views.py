"""What officials do with their own account."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response, after_this_request
from flask.views import MethodView

from services.assignments.accounts import actions, passwords, queries, schemas, second_factor, totp
from services.assignments.accounts.actions import Post
from services.assignments.accounts.model import Account
from services.assignments.accounts.rules import Ended, News
from shared.contracts.scopes import OWN_ACCOUNT
from shared.errors import BadInput, NotFound
from shared.sealing import Seal
from shared.web.auth import principal, requires
from shared.web.documented import may_be_missing
from shared.web.input import Blueprint
from shared.web.service import session

_NEW_PASSWORD = {"current": "mật khẩu đang dùng", "password": schemas.SIGN_IN_EXAMPLE["password"]}


def _own(*, lock: bool = False) -> Account:
    return queries.own_account(session(), principal(), lock=lock)


def _reveal(shown: dict[str, Any]) -> None:
    """Shown once and stored nowhere, also not with an Idempotency-Key: it is put in after the answer was kept."""

    @after_this_request
    def put_in(response: Response) -> Response:
        response.set_data(orjson.dumps(orjson.loads(response.get_data()) | shown))
        return response


def own_blueprint(seal: Seal, post: Post) -> Blueprint:
    """The endpoints of one's own account; `seal` is that of second factors."""
    blueprint = Blueprint("own_account", __name__, description="The account of the official who has signed in")

    @blueprint.route("/me")
    class Me(MethodView):
        """One's own account."""

        @requires(OWN_ACCOUNT)
        @blueprint.response(200, schemas.AccountOutput, example=schemas.ACCOUNT_EXAMPLE)
        def get(self) -> dict[str, Any]:
            """Read who I am, and as what I may act."""
            return queries.seen(session(), _own())

    @blueprint.route("/me/sessions")
    class MySessions(MethodView):
        """Where one is signed in."""

        @requires(OWN_ACCOUNT)
        @blueprint.response(200, schemas.SessionsOutput, example=schemas.SESSIONS_EXAMPLE)
        def get(self) -> dict[str, Any]:
            """List where I am signed in, newest first."""
            return {"items": queries.sessions_of(session(), _own().official_id)}

        @requires(OWN_ACCOUNT)
        @blueprint.response(204)
        def delete(self) -> None:
            """Sign out everywhere."""
            actions.end_sessions(session(), _own().official_id, Ended.EVERYWHERE)

    @blueprint.route("/me/sessions/<uuid:session_id>")
    class MySession(MethodView):
        """One of them."""

        @requires(OWN_ACCOUNT)
        @blueprint.response(204)
        @may_be_missing()
        def delete(self, session_id: UUID) -> None:
            """Sign out there."""
            if principal().official is None:
                raise NotFound()
            if not actions.end_sessions(session(), _own().official_id, Ended.SIGNED_OUT, session_id):
                raise NotFound()

    @blueprint.route("/me/password")
    class MyPassword(MethodView):
        """One's own password."""

        @requires(OWN_ACCOUNT)
        @blueprint.arguments(schemas.ChangedPasswordInput, example=_NEW_PASSWORD)
        @blueprint.response(204)
        def put(self, given: dict[str, Any]) -> None:
            """Change my password; I have to sign in again, everywhere."""
            actions.change_password(session(), principal(), given["current"], given["password"], post)

    @blueprint.route("/me/authenticator")
    class MyAuthenticator(MethodView):
        """One's own authenticator."""

        @requires(OWN_ACCOUNT)
        @blueprint.response(201, schemas.EnrolledOutput)
        @blueprint.alt_response(409, description="Codes are asked for already")
        def post(self) -> dict[str, Any]:
            """Get a secret for an authenticator; it is shown this once, and asked for once it is confirmed."""
            account = _own(lock=True)
            secret = second_factor.enrol(account, seal)
            _reveal({"secret": secret, "address": totp.address(secret, account.login)})
            return {"secret": "", "address": ""}

    @blueprint.route("/me/authenticator/confirmation")
    class MyConfirmation(MethodView):
        """The first code of an authenticator."""

        @requires(OWN_ACCOUNT)
        @blueprint.arguments(schemas.CodeInput, example={"code": "287082"})
        @blueprint.response(200, schemas.RecoveryOutput, example={"recovery_codes": ["abcd-efgh-ijkl-mnop"]})
        def post(self, given: dict[str, Any]) -> dict[str, Any]:
            """Ask for codes from now on; the recovery codes are shown this once."""
            _reveal({"recovery_codes": second_factor.confirm(session(), _own(lock=True), seal, given["code"])})
            return {"recovery_codes": []}

    @blueprint.route("/me/authenticator/removal")
    class MyRemoval(MethodView):
        """An authenticator no more."""

        @requires(OWN_ACCOUNT)
        @blueprint.arguments(schemas.PasswordInput, example={"current": "mật khẩu đang dùng"})
        @blueprint.response(204)
        def post(self, given: dict[str, Any]) -> None:
            """Ask for no codes any more; it takes the password."""
            account = _own(lock=True)
            if not passwords.matches(account.password_hash, given["current"]):
                raise BadInput("This is not your password.", field="current")
            second_factor.remove(session(), account)
            post.tell(session(), account, News.SECOND_FACTOR_OFF)

    return blueprint
