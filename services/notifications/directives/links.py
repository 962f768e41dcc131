"""What whoever holds the link of a directive's mail may do: read its files, and say that it was passed on."""

from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.directives import queries, schemas
from services.notifications.directives.actions import pass_on
from services.notifications.directives.model import Receipt
from services.notifications.directives.views import sent
from services.notifications.documented import may_be_missing
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import Kind
from services.notifications.notifications.model import Notification
from shared.errors import NotFound
from shared.web.auth import public
from shared.web.input import Blueprint
from shared.web.schemas import Output
from shared.web.service import session


class LinkReceiptOutput(Output):
    """What the holder of the link did with it."""

    opened_at = schemas.ReceiptOutput._declared_fields["opened_at"]
    passed_on = schemas.ReceiptOutput._declared_fields["passed_on"]
    passed_on_to = schemas.ReceiptOutput._declared_fields["passed_on_to"]
    note = schemas.ReceiptOutput._declared_fields["note"]


_EXAMPLE = {name: schemas.RECEIPT_EXAMPLE[name] for name in ("opened_at", "passed_on", "passed_on_to", "note")}


def link_blueprint(tokens: Tokens) -> Blueprint:
    """The endpoints behind the links. The token is that of the mail, see acknowledgements."""
    links = Blueprint("directive links", __name__, description="Directives by the link of a mail")

    def receipt_of(token: str, *, lock: bool = False) -> Receipt:
        notification_id, _ = tokens.read(token)
        notification = session().get(Notification, notification_id)
        notice = session().get(Notice, notification.notice_id) if notification else None
        if notification is None or notice is None or notice.kind != Kind.DIRECTIVE:
            raise NotFound()
        key = (UUID(notice.facts["directive_id"]), notification.official_id)
        return session().get_one(Receipt, key, with_for_update=True if lock else None)

    @links.route("/directive-links/<string:token>/receipt")
    class LinkReceipt(MethodView):
        """What the holder of the link did with it."""

        @public  # whoever holds the signed link was sent it: it is the permission, for that directive only
        @links.response(200, LinkReceiptOutput, example=_EXAMPLE)
        @links.alt_response(410, description="The link has expired")
        @may_be_missing()
        def get(self, token: str) -> Receipt:
            """Read whether it was passed on; changes nothing."""
            return receipt_of(token)

        @public  # as above
        @links.arguments(schemas.PassedOnInput, example=schemas.PASSED_ON_EXAMPLE)
        @links.response(200, LinkReceiptOutput, example=_EXAMPLE)
        @links.alt_response(410, description="The link has expired")
        @may_be_missing()
        def post(self, given: dict[str, Any], token: str) -> Receipt:
            """Report that it was passed on; reported again, the last counts."""
            return pass_on(receipt_of(token, lock=True), given, "link")

    @links.route("/directive-links/<string:token>/files/<uuid:file_id>")
    class LinkFile(MethodView):
        """A file of the directive."""

        @public  # as above
        @links.doc(responses={"200": {"description": "The file", "content": {"application/octet-stream": {}}}})
        @links.alt_response(410, description="The link has expired")
        @may_be_missing()
        def get(self, token: str, file_id: UUID) -> Response:
            """Read a file as it was sent."""
            return sent(queries.file(session(), receipt_of(token).directive_id, file_id))

    return links
