"""Imports and exports as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.assignments.bulk.catalogue import KINDS
from services.assignments.bulk.rules import Phase, State
from services.assignments.sheets.writing import CSV, FORMATS, XLSX
from services.assignments.units.schemas import UnitRef
from shared.web.schemas import CursorArgs, Input, Output, UploadedFile

_KIND = validate.OneOf(tuple(KINDS))


class ImportForm(Input):
    """A sheet and what it is of, as multipart/form-data."""

    kind = fields.String(required=True, validate=_KIND, metadata={"description": "What the rows are"})
    dry_run = fields.Boolean(load_default=False, metadata={"description": "Look through it and write nothing"})
    file = UploadedFile(
        required=True, metadata={"description": "CSV (UTF-8) or XLSX, 10 MiB and 20,000 rows at the most"}
    )


class ImportFilters(CursorArgs):
    """What a list of imports may be narrowed by."""

    kind = fields.String(load_default=None, validate=_KIND)
    state = fields.String(load_default=None, validate=validate.OneOf(tuple(State)))


class TemplateArgs(Input):
    """In which format."""

    format = fields.String(load_default=XLSX, validate=validate.OneOf(FORMATS))


class ExportArgs(Input):
    """In which format, and of which part of the territory."""

    format = fields.String(load_default=CSV, validate=validate.OneOf(FORMATS))
    unit = UnitRef(load_default=None, description="Only what lies in this unit: its code today, or its id")


class ImportOutput(Output):
    """An import, how far it has come and what came of it."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KIND)
    dry_run = fields.Boolean(required=True)
    file_name = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(tuple(State)),
        metadata={
            "description": "waiting and running pass; applied: everything was written; checked: a dry "
            "run without fault; refused: there are faults, nothing was written; failed: on our side, nothing was "
            "written"
        },
    )
    phase = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What is being done: " + ", ".join(Phase)},
    )
    rows_done = fields.Integer(required=True, metadata={"description": "Of this phase"})
    rows_total = fields.Integer(required=True, allow_none=True, metadata={"description": "null until it is known"})
    created = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    fault_count = fields.Integer(required=True, metadata={"description": "Listed under …/faults"})
    requested_by = fields.String(required=True)
    requested_at = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class FaultOutput(Output):
    """One fault of a sheet."""

    number = fields.Integer(required=True)
    row = fields.Integer(required=True, metadata={"description": "As the spreadsheet counts: the first row is 1"})
    column = fields.String(required=True, metadata={"description": "The column's letters; empty for a whole row"})
    cell = fields.String(required=True)
    field = fields.String(required=True, metadata={"description": "The column's stable name"})
    reason_vi = fields.String(required=True)
    reason_en = fields.String(required=True)


IMPORT_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d77",
    "kind": "officials",
    "dry_run": False,
    "file_name": "cán bộ.xlsx",
    "size": 812345,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "state": "running",
    "phase": "checking",
    "rows_done": 4500,
    "rows_total": 10000,
    "created": 0,
    "changed": 0,
    "unchanged": 0,
    "fault_count": 0,
    "requested_by": "ban-to-chuc",
    "requested_at": "2026-03-02T01:45:00+00:00",
    "started_at": "2026-03-02T01:45:00+00:00",
    "finished_at": None,
}

FAULT_EXAMPLE: dict[str, Any] = {
    "number": 1,
    "row": 15,
    "column": "F",
    "cell": "F15",
    "field": "email",
    "reason_vi": "không phải địa chỉ thư điện tử: “an@”",
    "reason_en": "not an e-mail address: “an@”",
}
