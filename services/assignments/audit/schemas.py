"""The audit log as the API shows it."""

from typing import Any

from marshmallow import fields, validate

from shared.web.schemas import CursorArgs, Input, Output, Text

OPERATIONS = ("insert", "update", "delete", "truncate", "baseline")


class _Narrowed(Input):
    record = Text(load_default=None, max=63, metadata={"description": "The table", "example": "assignments"})
    record_id = Text(load_default=None, max=300, metadata={"description": "Its key"})
    operation = fields.String(load_default=None, validate=validate.OneOf(OPERATIONS))
    actor = Text(load_default=None, max=300, metadata={"description": "The id of an official or a client"})
    correlation_id = Text(load_default=None, max=100, metadata={"description": "What one request did"})
    since = fields.AwareDateTime(load_default=None, metadata={"description": "From this instant on"})
    until = fields.AwareDateTime(load_default=None, metadata={"description": "Before this instant"})


class AuditFilters(_Narrowed, CursorArgs):
    """What the audit log may be narrowed by."""


class AuditExport(_Narrowed):
    """What an export may be narrowed by."""


class AuditEntryOutput(Output):
    """One change of one row."""

    id = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    transaction = fields.Integer(
        required=True, attribute="txn", metadata={"description": "The same for all that was committed together"}
    )
    operation = fields.String(required=True, metadata={"enum": list(OPERATIONS)})
    record = fields.String(required=True, metadata={"description": "The table"})
    record_id = fields.String(required=True, metadata={"description": "The key; parts are joined by /"})
    before = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Of an update only the columns that differ; secrets are shown as ***"},
    )
    after = fields.Dict(required=True, allow_none=True)
    unit_path = fields.String(required=True, allow_none=True, metadata={"description": "Where it belongs"})
    actor_kind = fields.String(
        required=True, metadata={"description": "official, client, command, anonymous or system"}
    )
    actor = fields.String(required=True)
    address = fields.String(required=True, allow_none=True, metadata={"description": "Where it came from"})
    agent = fields.String(required=True, allow_none=True, metadata={"description": "The program, as it says"})
    correlation_id = fields.String(required=True, allow_none=True)
    digest = fields.Function(
        lambda entry: entry.digest.hex(), required=True, metadata={"description": "SHA-256 over the rest"}
    )


class AuditHeadOutput(Output):
    """The youngest link of the chain."""

    seq = fields.Integer(required=True, metadata={"description": "0 while nothing was ever audited"})
    hash = fields.String(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)


ENTRY_EXAMPLE: dict[str, Any] = {
    "id": 4711,
    "at": "2026-03-02T01:45:02+00:00",
    "transaction": 90210,
    "operation": "update",
    "record": "assignments",
    "record_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
    "before": {"valid_to": None, "version": 1},
    "after": {"valid_to": "2026-07-01", "version": 2},
    "unit_path": "83/834/28993/",
    "actor_kind": "official",
    "actor": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "address": "203.0.113.7",
    "agent": "Mozilla/5.0",
    "correlation_id": "2f1c9b7e5d3a4c6f8e0b1a2d3c4e5f60",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
HEAD_EXAMPLE = {
    "seq": 812,
    "hash": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    "at": "2026-03-02T01:45:02+00:00",
}
