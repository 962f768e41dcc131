"""Acknowledging: by the link of a mail, or by a client on behalf of an official."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from flask_limiter import Limiter

from services.notifications.acknowledgements import schemas
from services.notifications.acknowledgements.actions import acknowledge, acknowledge_all
from services.notifications.acknowledgements.answering import answer
from services.notifications.acknowledgements.queries import page_data, page_of_answers, whom
from services.notifications.acknowledgements.rules import Given
from services.notifications.acknowledgements.schemas import (
    EXAMPLE,
    LINK_EXAMPLE,
    AcknowledgementOutput,
    LinkOutput,
)
from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.notifications import queries
from shared.errors import Forbidden
from shared.web.auth import principal, public, requires
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

LINK_RATE = "120 per minute"  # for each link: people press buttons more than once, scripts more often

blueprint = Blueprint("acknowledgements", __name__, description="An official has seen it")


@blueprint.route("/notifications/<uuid:notification_id>/acknowledgement")
class Acknowledgement(MethodView):
    """The acknowledgement of one notification."""

    @requires("notifications:write")
    @blueprint.response(200, AcknowledgementOutput, example=EXAMPLE)
    @blueprint.alt_response(404, description="No such notification inside the territory")
    def post(self, notification_id: UUID) -> dict[str, Any]:
        """Acknowledge on behalf of the official, over all channels; again, it changes nothing."""
        by = _acting(queries.one(session(), principal(), notification_id))  # 404 outside the territory
        acknowledge(session(), notification_id, by)
        return page_data(session(), notification_id)


@blueprint.route("/notifications/acknowledgements")
class Acknowledgements(MethodView):
    """Many acknowledgements at once."""

    @requires("notifications:write")
    @blueprint.arguments(schemas.BulkInput, example=schemas.BULK_EXAMPLE)
    @blueprint.response(200, schemas.BulkOutput, example=schemas.BULK_DONE_EXAMPLE)
    @blueprint.alt_response(404, description="One of them is not inside the territory; none is acknowledged")
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Acknowledge up to 200 notifications on behalf of their officials; done twice, it changes nothing."""
        by = ""
        for row in queries.several(session(), principal(), given["notifications"]):
            by = _acting(row)
        return {"items": acknowledge_all(session(), given["notifications"], by)}


@blueprint.route("/notifications/<uuid:notification_id>/answers")
class Answers(MethodView):
    """What was answered to an escalation."""

    @requires("notifications:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.AnswerOutput), example={"items": [schemas.ANSWER_EXAMPLE], "next_cursor": None}
    )
    @blueprint.alt_response(404, description="No such notification inside the territory")
    def get(self, paging: dict[str, Any], notification_id: UUID) -> dict[str, Any]:
        """Read what everybody answered to the escalation that this notification is about, oldest first."""
        return page_of_answers(session(), principal(), notification_id, **paging)

    @requires("notifications:write")
    @blueprint.arguments(schemas.AnswerInput, example=schemas.ANSWER_INPUT_EXAMPLE)
    @blueprint.response(200, AcknowledgementOutput, example=schemas.ANSWERED_EXAMPLE)
    @blueprint.alt_response(404, description="No such notification inside the territory")
    @blueprint.alt_response(409, description="A reminder, or giving back what is not acknowledged")
    def post(self, given: Given, notification_id: UUID) -> dict[str, Any]:
        """Answer on behalf of the official: take it, hand it over, say that it is not theirs, give it back.
        The same again changes nothing."""
        by = _acting(queries.one(session(), principal(), notification_id))
        answer(session(), notification_id, given, by)
        return page_data(session(), notification_id)


@blueprint.route("/notifications/<uuid:notification_id>/colleagues")
class Colleagues(MethodView):
    """Whom an escalation may be handed over to."""

    @requires("notifications:read")
    @blueprint.arguments(schemas.ColleagueArgs, location="query")
    @blueprint.response(200, schemas.ColleaguesOutput, example=schemas.COLLEAGUES_EXAMPLE)
    @blueprint.alt_response(404, description="No such notification of an escalation inside the territory")
    def get(self, args: dict[str, Any], notification_id: UUID) -> dict[str, Any]:
        """Find officials with a post in the same province."""
        queries.one(session(), principal(), notification_id)
        return whom(session(), notification_id, args["q"])


def _acting(notification: Mapping[str, Any]) -> str:
    """Who does it, for the record. Raises Forbidden for an official who would answer for another."""
    who = principal()
    if who.official is not None and who.official != notification["official_id"]:
        raise Forbidden("An official answers for themself only.")
    return f"client:{who.client_id}"


def link_blueprint(tokens: Tokens) -> tuple[Blueprint, Limiter]:
    """The endpoints behind the links, and their limiter, to be installed in the application. It counts in this
    process's memory, so that it needs no server and cannot fail with one."""
    links = Blueprint("links", __name__, description="Acknowledging by the link of a mail")
    limiter = Limiter(key_func=lambda: request.path, storage_uri="memory://", headers_enabled=True)

    @links.route("/acknowledgements/<string:token>")
    class Link(MethodView):
        """The link of one mail."""

        decorators = [limiter.limit(LINK_RATE)]

        @public  # whoever holds the signed link was sent it: it is the permission, for one notification only
        @links.response(200, LinkOutput, example=LINK_EXAMPLE | {"acknowledged_at": None})
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def get(self, token: str) -> dict[str, Any]:
            """Read what there is to acknowledge. Changes nothing: mail scanners open links, too."""
            notification_id, expires_at = tokens.read(token)
            return page_data(session(), notification_id) | {"expires_at": expires_at}

        @public  # as above
        @links.response(200, LinkOutput, example=LINK_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def post(self, token: str) -> dict[str, Any]:
            """Acknowledge; again, it changes nothing and answers the same."""
            notification_id, expires_at = tokens.read(token)
            acknowledge(session(), notification_id, "link")
            return page_data(session(), notification_id) | {"expires_at": expires_at}

    @links.route("/acknowledgements/<string:token>/answers")
    class LinkAnswers(MethodView):
        """What the holder of a link says."""

        decorators = [limiter.limit(LINK_RATE)]

        @public  # as above
        @links.arguments(schemas.AnswerInput, example=schemas.ANSWER_INPUT_EXAMPLE)
        @links.response(200, LinkOutput, example=LINK_EXAMPLE | {"acknowledged_at": None, "answer": "declined"})
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(409, description="A reminder, or giving back what is not acknowledged")
        @links.alt_response(410, description="The link has expired")
        def post(self, given: Given, token: str) -> dict[str, Any]:
            """Take it, hand it over, say that it is not theirs, give it back; the same again changes nothing."""
            notification_id, expires_at = tokens.read(token)
            answer(session(), notification_id, given, "link")
            return page_data(session(), notification_id) | {"expires_at": expires_at}

    @links.route("/acknowledgements/<string:token>/colleagues")
    class LinkColleagues(MethodView):
        """Whom the holder of a link may hand it over to."""

        decorators = [limiter.limit(LINK_RATE)]

        @public  # as above: names and posts of officials, as any of them knows them
        @links.arguments(schemas.ColleagueArgs, location="query")
        @links.response(200, schemas.ColleaguesOutput, example=schemas.COLLEAGUES_EXAMPLE)
        @links.alt_response(404, description="Not a link of ours")
        @links.alt_response(410, description="The link has expired")
        def get(self, args: dict[str, Any], token: str) -> dict[str, Any]:
            """Find officials with a post in the same province."""
            notification_id, _ = tokens.read(token)
            return whom(session(), notification_id, args["q"])

    return links, limiter
