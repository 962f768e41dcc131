"""The HTTP interface of documents."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, request
from flask.views import MethodView

from services.assignments.documents import queries, schemas
from services.assignments.documents.actions import change_document, keep_file, register
from services.assignments.documents.model import Document, DocumentFile
from services.assignments.documents.rules import LIMIT
from shared.errors import NotFound
from shared.text import fold
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint, takes
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("documents", __name__, description="Plans, decisions and rules that assignments rest on")

Answer = tuple[Document, dict[str, str]]
FORM = 64 * 1024  # bytes of the form around the file


@blueprint.route("/documents")
class Documents(MethodView):
    """The documents that apply inside the territory."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.DocumentFilters, location="query")
    @blueprint.response(
        200, page_of(schemas.DocumentOutput), example={"items": [schemas.DOCUMENT_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List documents, newest first."""
        return queries.page(session(), filters, principal())

    @requires("assignments:write")
    @blueprint.arguments(schemas.DocumentInput, example=schemas.DOCUMENT_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.DocumentOutput, example=schemas.DOCUMENT_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Register a document."""
        document = register(session(), principal(), **given)
        return document, {"Location": f"{request.path}/{document.id}", "ETag": etag_of(document.version)}


@blueprint.route("/documents/<uuid:document_id>")
class OneDocument(MethodView):
    """One document."""

    @requires("assignments:read")
    @blueprint.response(200, schemas.DocumentOutput, example=schemas.DOCUMENT_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, document_id: UUID) -> Answer:
        """Read a document."""
        document = queries.one(session(), document_id, principal())
        return document, {"ETag": etag_of(document.version)}

    @requires("assignments:write")
    @blueprint.arguments(schemas.DocumentChange, example={"repealed_on": "2026-03-02"})
    @blueprint.response(200, schemas.DocumentOutput, example=schemas.DOCUMENT_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def patch(self, changes: dict[str, Any], document_id: UUID) -> Answer:
        """Change what is known of a document, or say that it is repealed. Number, issuer and day stay."""
        document = queries.one(session(), document_id, principal(), lock=True)
        check_if_match(document.version)
        change_document(session(), principal(), document, changes)
        return document, {"ETag": etag_of(document.version)}


@blueprint.route("/documents/<uuid:document_id>/file")
class File(MethodView):
    """The file of a document."""

    @requires("assignments:read")
    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
    @may_be_missing()
    def get(self, document_id: UUID) -> Response:
        """Download the file of a document; it is offered for saving, never shown in the page."""
        document = queries.one(session(), document_id, principal())
        if document.file is None:
            raise NotFound("This document has no file.")
        return _sent(document.file)

    @requires("assignments:write")
    @takes(LIMIT + FORM)
    @blueprint.arguments(schemas.UploadForm, location="files")
    @blueprint.response(200, schemas.FileOutput, example=schemas.FILE_EXAMPLE)
    @may_be_missing()
    def post(self, given: dict[str, Any], document_id: UUID) -> DocumentFile:
        """Upload the file of a document, in the place of an earlier one. What it is, is told from its bytes."""
        document = queries.one(session(), document_id, principal(), lock=True)
        upload = given["file"]
        return keep_file(session(), principal(), document, upload.read(LIMIT + 1), upload.filename or "")


def _sent(file: DocumentFile) -> Response:
    answer = Response(status=200, mimetype=file.type)
    # RFC 6266: the name in UTF-8, and one for those who read ASCII only.
    plain = fold(file.name).encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain, "filename*": f"UTF-8''{quote(file.name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
    # Asked again each time: whether this token may still see it. Nothing in it may run, wherever it is opened.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(file.sha256)
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.data = file.content
    return answer
