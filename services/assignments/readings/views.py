"""The HTTP interface of readings."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from services.assignments.documents import queries as documents
from services.assignments.documents.schemas import DOCUMENT_EXAMPLE, DocumentOutput
from services.assignments.readings import queries, schemas
from services.assignments.readings.actions import note_reading
from shared.web.auth import principal, requires
from shared.web.documented import may_be_missing
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint("readings", __name__, description="Who has read which document, and who has not")


@blueprint.route("/documents/unread")
class YetToRead(MethodView):
    """What an official has yet to read."""

    @requires("assignments:read")
    @blueprint.arguments(schemas.UnreadFilters, location="query")
    @blueprint.response(200, page_of(DocumentOutput), example={"items": [DOCUMENT_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List the must-read documents in force that an official has yet to read, newest first."""
        return queries.yet_to_read(session(), filters.pop("official"), principal(), **filters)


@blueprint.route("/documents/<uuid:document_id>/readings")
class Readings(MethodView):
    """Who has read a document."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.ReadingOutput), example={"items": [schemas.READING_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, paging: dict[str, Any], document_id: UUID) -> dict[str, Any]:
        """List who has read it and when, the first ones first."""
        document = documents.one(session(), document_id, principal())
        return queries.readers(session(), document, principal(), **paging)

    @requires("assignments:read")
    @blueprint.arguments(schemas.ReadingInput, example={"official": schemas.READER_EXAMPLE["id"]})
    @blueprint.response(201, schemas.ReadingOutput, example=schemas.READING_EXAMPLE)
    @may_be_missing()
    def post(self, given: dict[str, Any], document_id: UUID) -> dict[str, Any]:
        """Note that an official has read it; the first time counts. Said by the official, or for them with
        assignments:write."""
        document = documents.one(session(), document_id, principal())
        return note_reading(session(), document, given["official"], principal())


@blueprint.route("/documents/<uuid:document_id>/unread")
class Unread(MethodView):
    """Who has yet to read a document."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(schemas.ReaderOutput), example={"items": [schemas.READER_EXAMPLE], "next_cursor": None}
    )
    @may_be_missing()
    def get(self, paging: dict[str, Any], document_id: UUID) -> dict[str, Any]:
        """List the officials whom it concerns and who have not read it."""
        document = documents.one(session(), document_id, principal())
        return queries.unread(session(), document, principal(), **paging)
