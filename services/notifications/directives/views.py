"""The HTTP interface of directives."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, request
from flask.views import MethodView

from services.notifications.directives import queries, schemas
from services.notifications.directives.actions import correct, issue, pass_on, recall
from services.notifications.directives.model import Directive, Receipt
from services.notifications.documented import changes_a_record, may_be_missing
from shared.errors import Forbidden
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint, takes
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("directives", __name__, description="Policy carried down: told, read, passed on")

MAX_BODY = 4 * 1024 * 1024  # bytes: the files come in the body
Answer = tuple[dict[str, Any], dict[str, str]]


def _answer(directive: Directive) -> Answer:
    return queries.shown(session(), directive), {"ETag": etag_of(directive.version)}


@blueprint.route("/directives")
class Directives(MethodView):
    """The directives for the territory."""

    @requires("notifications:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.DirectiveOutput), example={"items": [schemas.EXAMPLE], "next_cursor": None}
    )
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """List directives, newest first."""
        return queries.page(session(), principal(), **paging)

    @requires("notifications:direct")
    @takes(MAX_BODY)
    @blueprint.arguments(schemas.DirectiveInput, example=schemas.INPUT_EXAMPLE)
    @blueprint.response(201, schemas.DirectiveOutput, example=schemas.EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Issue a directive: everybody it is for is told, by and by; `broadcasts` shows how far that has come."""
        shown, headers = _answer(issue(session(), principal(), **given))
        return shown, headers | {"Location": f"{request.path}/{shown['id']}"}


@blueprint.route("/directives/<uuid:directive_id>")
class OneDirective(MethodView):
    """One directive."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.DirectiveOutput, example=schemas.EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, directive_id: UUID) -> Answer:
        """Read a directive as it stands."""
        return _answer(queries.one(session(), principal(), directive_id))


@blueprint.route("/directives/<uuid:directive_id>/corrections")
class Corrections(MethodView):
    """The editions of a directive."""

    @requires("notifications:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.EditionOutput), example={"items": [schemas.EDITION_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, paging: dict[str, Any], directive_id: UUID) -> dict[str, Any]:
        """Read what it said at each time, oldest first."""
        directive = queries.one(session(), principal(), directive_id)
        return queries.page_of_editions(session(), directive.id, **paging)

    @requires("notifications:direct")
    @blueprint.arguments(schemas.CorrectionInput, example=schemas.CORRECTION_EXAMPLE)
    @blueprint.response(200, schemas.DirectiveOutput, example=schemas.EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], directive_id: UUID) -> Answer:
        """Correct it: another edition, of which everybody is told and which is to be read anew."""
        who = principal()
        directive = queries.one(session(), who, directive_id, lock=True)
        check_if_match(directive.version)
        reason = given.pop("reason")
        return _answer(correct(session(), directive, given, reason, who.client_id))


@blueprint.route("/directives/<uuid:directive_id>/recall")
class Recall(MethodView):
    """Recalling a directive."""

    @requires("notifications:direct")
    @blueprint.arguments(schemas.RecallInput, example=schemas.RECALL_EXAMPLE)
    @blueprint.response(200, schemas.DirectiveOutput, example=schemas.EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], directive_id: UUID) -> Answer:
        """Recall it: everybody is told, nobody is reminded any more."""
        directive = queries.one(session(), principal(), directive_id, lock=True)
        check_if_match(directive.version)
        return _answer(recall(session(), directive, given["reason"]))


@blueprint.route("/directives/<uuid:directive_id>/files/<uuid:file_id>")
class File(MethodView):
    """A file of a directive."""

    @requires("notifications:read")
    @blueprint.doc(responses={"200": {"description": "The file", "content": {"application/octet-stream": {}}}})
    @may_be_missing()
    def get(self, directive_id: UUID, file_id: UUID) -> Response:
        """Read a file as it was sent."""
        directive = queries.one(session(), principal(), directive_id)
        return sent(queries.file(session(), directive.id, file_id))


@blueprint.route("/directives/<uuid:directive_id>/statistics")
class Statistics(MethodView):
    """How far a directive has come."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.StatisticsOutput, example=schemas.STATISTICS_EXAMPLE)
    @may_be_missing()
    def get(self, directive_id: UUID) -> dict[str, Any]:
        """Read how many have it, have opened, read and passed it on, unit by unit."""
        directive = queries.one(session(), principal(), directive_id)
        return {"items": queries.statistics(session(), principal(), directive)}


@blueprint.route("/directives/<uuid:directive_id>/receipts")
class Receipts(MethodView):
    """Whom a directive is for."""

    @requires("notifications:read")
    @blueprint.arguments(schemas.ReceiptArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.ReceiptOutput), example={"items": [schemas.RECEIPT_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, args: dict[str, Any], directive_id: UUID) -> dict[str, Any]:
        """List those it is for inside the territory, by place; `missing` shows who has not read it, or not passed
        it on."""
        directive = queries.one(session(), principal(), directive_id)
        return queries.page_of_receipts(session(), principal(), directive, **args)


@blueprint.route("/directives/<uuid:directive_id>/receipts/<uuid:official_id>")
class OneReceipt(MethodView):
    """What one official did with a directive."""

    @requires("notifications:read")
    @blueprint.response(200, schemas.ReceiptOutput, example=schemas.RECEIPT_EXAMPLE)
    @may_be_missing()
    def get(self, directive_id: UUID, official_id: UUID) -> Mapping[str, Any]:
        """Read what one official did with it."""
        directive = queries.one(session(), principal(), directive_id)
        return queries.receipt(session(), principal(), directive, official_id)


@blueprint.route("/directives/<uuid:directive_id>/receipts/<uuid:official_id>/opening")
class Opening(MethodView):
    """An official has it before them."""

    @requires("notifications:write")
    @blueprint.response(200, schemas.ReceiptOutput, example=schemas.RECEIPT_EXAMPLE)
    @may_be_missing()
    def post(self, directive_id: UUID, official_id: UUID) -> Mapping[str, Any]:
        """Note that it was opened in the inbox; that it was read is said by acknowledging its notification."""
        directive, receipt = _own(directive_id, official_id)
        receipt.open()
        session().flush()
        return queries.receipt(session(), principal(), directive, official_id)


@blueprint.route("/directives/<uuid:directive_id>/receipts/<uuid:official_id>/passing-on")
class PassingOn(MethodView):
    """An official has passed it on."""

    @requires("notifications:write")
    @blueprint.arguments(schemas.PassedOnInput, example=schemas.PASSED_ON_EXAMPLE)
    @blueprint.response(200, schemas.ReceiptOutput, example=schemas.RECEIPT_EXAMPLE)
    @may_be_missing()
    def post(self, given: dict[str, Any], directive_id: UUID, official_id: UUID) -> Mapping[str, Any]:
        """Report that it was passed on: when, to whom, and a note; reported again, the last counts."""
        directive, receipt = _own(directive_id, official_id)
        pass_on(receipt, given, f"client:{principal().client_id}")
        session().flush()
        return queries.receipt(session(), principal(), directive, official_id)


def sent(file: Any) -> Response:
    """A file as an answer: to be saved, never to be run by whatever shows it."""
    answer = Response(file.content, mimetype="application/octet-stream")
    answer.headers["Content-Type"] = file.media_type
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer


def _own(directive_id: UUID, official_id: UUID) -> tuple[Directive, Receipt]:
    """The receipt of an official inside the territory, locked. Raises NotFound, Forbidden for another official."""
    who = principal()
    directive = queries.one(session(), who, directive_id)
    queries.receipt(session(), who, directive, official_id)
    if who.official is not None and who.official != official_id:
        raise Forbidden("An official answers for themself only.")
    receipt = session().get_one(Receipt, (directive_id, official_id), with_for_update=True)
    return directive, receipt
