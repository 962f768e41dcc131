"""Readings as the API reads and shows them."""

from marshmallow import fields

from services.assignments.documents.schemas import DOCUMENT_EXAMPLE
from shared.web.schemas import CursorArgs, Input, Output


class UnreadFilters(CursorArgs):
    """Whose reading is asked for."""

    official = fields.UUID(required=True)


class ReadingInput(Input):
    """Who has read it."""

    official = fields.UUID(required=True)


class ReaderOutput(Output):
    """An official, by name."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class ReadingOutput(Output):
    """An official has read a document."""

    document_id = fields.UUID(required=True)
    official = fields.Nested(ReaderOutput, required=True)
    read_at = fields.AwareDateTime(required=True)


READER_EXAMPLE = {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"}
READING_EXAMPLE = {
    "document_id": DOCUMENT_EXAMPLE["id"],
    "official": READER_EXAMPLE,
    "read_at": "2026-03-02T01:00:00+00:00",
}
