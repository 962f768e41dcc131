"""Files as the API reads and shows them."""

from typing import Any

from marshmallow import fields

from services.visits.files.rules import ENDINGS
from shared.web.schemas import CursorArgs, Input, Output, Text, UploadedFile


class UploadForm(Input):
    """A file and where it belongs, as multipart/form-data."""

    unit = Text(required=True, max=40, metadata={"description": "Code or id of the commune it comes from"})
    official = fields.UUID(metadata={"description": "The official who hands it in, if one does"})
    file = UploadedFile(required=True, metadata={"description": "The file; its name is taken from the form"})


class FileFilters(CursorArgs):
    """What a list may be narrowed by."""

    unit = Text(max=80, metadata={"description": "A unit's code, or a path such as 83/829/"})
    subject = fields.UUID(metadata={"description": "The id of what files are attached to"})


class FileOutput(Output):
    """What is known of a file."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True, metadata={"enum": list(ENDINGS)})
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)
    thumbnail = fields.Boolean(required=True, metadata={"description": "Whether there is a small picture of it"})
    unit_path = fields.String(required=True)
    subject_kind = fields.String(required=True, allow_none=True)
    subject_id = fields.UUID(required=True, allow_none=True)
    restricted = fields.Boolean(required=True, metadata={"description": "Shown with visits:write only"})
    official_id = fields.UUID(required=True, allow_none=True)
    official_name = fields.String(required=True, allow_none=True)
    uploaded_by = fields.String(required=True)
    uploaded_at = fields.AwareDateTime(required=True)


EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c0f1",
    "name": "cống ngăn mặn.jpg",
    "type": "image/jpeg",
    "size": 482113,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "thumbnail": True,
    "unit_path": "83/829/28789/",
    "subject_kind": "issue",
    "subject_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
    "restricted": False,
    "official_id": None,
    "official_name": None,
    "uploaded_by": "cong-thong-tin-xa",
    "uploaded_at": "2026-03-02T01:45:00+00:00",
}
PAGE_EXAMPLE = {"items": [EXAMPLE], "next_cursor": None}
