"""What those who manage accounts do with those of others."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import fields

from services.assignments.accounts import actions, queries, schemas
from services.assignments.accounts.actions import Post
from services.assignments.accounts.rules import Ended
from services.assignments.officials import queries as officials
from services.assignments.officials.model import Official
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import may_be_missing
from shared.web.input import Blueprint
from shared.web.schemas import Input, Output
from shared.web.service import session


class BlockInput(Input):
    """Whether an official may sign in."""

    blocked = fields.Boolean(required=True, truthy={True}, falsy={False})


class InvitedOutput(Output):
    """An invitation is on its way."""

    expires_at = fields.AwareDateTime(required=True)


def _managed(official_id: UUID) -> Official:
    """Raises NotFound for whom one does not see, Forbidden for whom one does not manage."""
    person = officials.one(session(), official_id, principal())
    actions.check_may_manage(session(), principal(), person)
    return person


def admin_blueprint(post: Post) -> Blueprint:
    """The endpoints of others' accounts."""
    blueprint = Blueprint("accounts", __name__, description="Who may sign in")

    @blueprint.route("/officials/<uuid:official_id>/invitation")
    class Invitation(MethodView):
        """An invitation by e-mail."""

        @requires("assignments:accounts")
        @blueprint.response(202, InvitedOutput, example={"expires_at": "2026-03-05T01:45:02+00:00"})
        @may_be_missing()
        @blueprint.alt_response(409, description="No address, not active, or the address is another's")
        def post(self, official_id: UUID) -> dict[str, Any]:
            """Open an account and send the link that lets its owner choose a password; earlier links are void."""
            account, link, token = actions.invite(session(), _managed(official_id))
            post.send(session(), link, account, token)
            return {"expires_at": link.expires_at}

    @blueprint.route("/officials/<uuid:official_id>/account")
    class OneAccount(MethodView):
        """The account of an official."""

        @requires("assignments:accounts")
        @blueprint.response(200, schemas.AccountOutput, example=schemas.ACCOUNT_EXAMPLE)
        @may_be_missing()
        def get(self, official_id: UUID) -> dict[str, Any]:
            """Read an account; 404 if the official was never invited."""
            person = officials.one(session(), official_id, principal())
            if not principal().covers(person.unit.path):
                raise NotFound()
            return queries.seen(session(), queries.account_of(session(), official_id))

    @blueprint.route("/officials/<uuid:official_id>/account/block")
    class Block(MethodView):
        """Whether an official may sign in."""

        @requires("assignments:accounts")
        @blueprint.arguments(BlockInput, example={"blocked": True})
        @blueprint.response(200, schemas.AccountOutput, example=schemas.ACCOUNT_EXAMPLE)
        @may_be_missing()
        def put(self, given: dict[str, Any], official_id: UUID) -> dict[str, Any]:
            """Let somebody sign in no more, which also signs them out; or again."""
            account = actions.block(session(), _managed(official_id).id, given["blocked"])
            return queries.seen(session(), account)

    @blueprint.route("/officials/<uuid:official_id>/account/sessions")
    class Sessions(MethodView):
        """Where an official is signed in."""

        @requires("assignments:accounts")
        @blueprint.response(204)
        @may_be_missing()
        def delete(self, official_id: UUID) -> None:
            """Sign somebody out everywhere."""
            actions.end_sessions(session(), _managed(official_id).id, Ended.BY_ADMINISTRATOR)

    return blueprint
