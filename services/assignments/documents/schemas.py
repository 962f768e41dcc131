"""Documents as the API reads and shows them."""

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from services.assignments.documents.rules import ENDINGS
from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text


class DocumentFilters(CursorArgs):
    """What a list of documents may be narrowed by."""

    q = Text(load_default=None, max=100, metadata={"description": "Part of number or title, diacritics or not"})
    must_read = fields.Boolean(load_default=None)


class DocumentInput(Input):
    """A document to register."""

    number = Text(required=True, max=100, metadata={"example": "182-QĐ/TU"})
    issuer = Text(required=True, max=200, metadata={"example": "Tỉnh ủy Bến Tre"})
    issued_on = day("The day it bears", required=True)
    title = Text(required=True, max=500)
    summary = Text(load_default=None, max=4000, lines=True, allow_none=True)
    url = fields.URL(
        load_default=None, allow_none=True, schemes={"http", "https"}, validate=validate.Length(max=500)
    )
    must_read = fields.Boolean(load_default=True)
    posts = fields.List(
        Text(max=60),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "Codes from /posts of those whom it concerns; none: everybody who holds a post"},
    )
    unit = UnitRef(required=True, description="Where it applies: code today, or id")


class DocumentChange(Input):
    """What to change of a document: what is left out stays."""

    title = Text(max=500)
    summary = Text(max=4000, lines=True, allow_none=True)
    url = fields.URL(allow_none=True, schemes={"http", "https"}, validate=validate.Length(max=500))
    must_read = fields.Boolean()
    posts = fields.List(
        Text(max=60), validate=validate.Length(max=50), metadata={"description": "Codes of those whom it concerns"}
    )
    repealed_on = day("First day it is no longer in force; null: it is", allow_none=True)


class FileOutput(Output):
    """What is known of the file of a document."""

    name = fields.String(required=True)
    type = fields.String(required=True, metadata={"enum": list(ENDINGS)})
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)
    uploaded_at = fields.AwareDateTime(required=True)
    uploaded_by = fields.String(required=True)


class DocumentOutput(Output):
    """A document."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    issuer = fields.String(required=True)
    issued_on = fields.Date(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    must_read = fields.Boolean(required=True)
    posts = fields.List(fields.String(), required=True)
    unit = fields.Nested(UnitBrief, required=True)
    repealed_on = fields.Date(required=True, allow_none=True, metadata={"description": "null: in force"})
    file = fields.Nested(FileOutput, required=True, allow_none=True)
    version = fields.Integer(required=True)


class UploadForm(Input):
    """The file of a document, as multipart/form-data."""

    file = Upload(required=True, metadata={"description": "A PDF, JPEG or PNG of at most 10 MiB"})


class DocumentBrief(Output):
    """A document named in another record."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    issuer = fields.String(required=True)
    issued_on = fields.Date(required=True)


DOCUMENT_INPUT_EXAMPLE = {
    "number": "182-QĐ/TU",
    "issuer": "Tỉnh ủy Bến Tre",
    "issued_on": "2016-03-14",
    "title": "Quyết định phân công cán bộ theo dõi cơ sở",
    "posts": ["commune_follower"],
    "unit": "83",
}
DOCUMENT_EXAMPLE = DOCUMENT_INPUT_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d66",
    "summary": None,
    "url": None,
    "must_read": True,
    "unit": UNIT_BRIEF_EXAMPLE,
    "repealed_on": None,
    "file": None,
    "version": 1,
}
DOCUMENT_BRIEF_EXAMPLE = {
    "id": DOCUMENT_EXAMPLE["id"],
    "number": "182-QĐ/TU",
    "issuer": "Tỉnh ủy Bến Tre",
    "issued_on": "2016-03-14",
}
FILE_EXAMPLE = {
    "name": "182-QĐ-TU.pdf",
    "type": "application/pdf",
    "size": 482113,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uploaded_at": "2026-03-02T01:45:00+00:00",
    "uploaded_by": "ban-to-chuc",
}
