"""Replays as the API reads and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.notifications.finding.schemas import WantedInput
from services.notifications.notices.rules import Kind
from services.notifications.notifications.rules import Channel, State
from services.notifications.replays.rules import MOST, MOST_IDS, SAMPLE, WhyNot
from shared.web.schemas import Input, Output, Text


class ReplayInput(Input):
    """Which notifications are to be sent again: these, or those that a filter finds."""

    ids = fields.List(fields.UUID(), validate=validate.Length(1, MOST_IDS), metadata={"description": "Or filter"})
    filter = fields.Nested(WantedInput, metadata={"description": "As of GET /notifications; {}: all that failed"})
    again = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "true: also what was sent, with the same Message-ID as before"},
    )
    dry_run = fields.Boolean(
        load_default=True, truthy={True}, falsy={False}, metadata={"description": "true: only say what it would do"}
    )
    reason = Text(max=500, load_default=None, metadata={"description": "Needed unless dry_run"})

    @validates_schema
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if ("ids" in data) == ("filter" in data):
            raise ValidationError("Either ids or filter is needed.", field_name="ids")
        if not data["dry_run"] and not data["reason"]:
            raise ValidationError("A reason is needed.", field_name="reason")


class GroupOutput(Output):
    """How many of one state, channel and kind."""

    state = fields.String(required=True, metadata={"enum": list(State)})
    channel = fields.String(required=True, metadata={"enum": list(Channel)})
    kind = fields.String(required=True, metadata={"enum": list(Kind)})
    count = fields.Integer(required=True)


class SampleOutput(Output):
    """A notification that is to be sent again."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    channel = fields.String(required=True, metadata={"enum": list(Channel)})
    state = fields.String(required=True, metadata={"enum": list(State)})
    kind = fields.String(required=True, metadata={"enum": list(Kind)})
    issue_code = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    last_error = fields.String(required=True, allow_none=True)


_LEFT = {
    "description": "Why how many are left alone, the first reason that holds: " + ", ".join(WhyNot),
    "example": {"acknowledged": 2},
}


class ReplayOutput(Output):
    """A replay: who had what sent again, why, and how far that is."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    filter = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    ids = fields.List(fields.UUID(), required=True, allow_none=True)
    again = fields.Boolean(required=True)
    expected = fields.Integer(required=True, metadata={"description": "How many were to be sent again"})
    replayed = fields.Integer(required=True, metadata={"description": "How many were made due so far"})
    left = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata=_LEFT)
    finished_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: still being carried out"}
    )


class ReportOutput(Output):
    """What a replay does, or would do if it was a dry run."""

    dry_run = fields.Boolean(required=True, metadata={"description": "true: nothing of it is done"})
    replay = fields.Nested(
        ReplayOutput, required=True, allow_none=True, metadata={"description": "null: a dry run"}
    )
    matched = fields.Integer(required=True)
    more = fields.Boolean(
        required=True,
        metadata={"description": f"true: more than {MOST}, which is more than one replay may look at"},
    )
    replayed = fields.Integer(required=True, metadata={"description": "How many are sent again"})
    groups = fields.List(
        fields.Nested(GroupOutput), required=True, metadata={"description": "Those, by what they are"}
    )
    left = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata=_LEFT)
    sample = fields.List(
        fields.Nested(SampleOutput), required=True, metadata={"description": f"Up to {SAMPLE} of those"}
    )


class ReplayDetailOutput(ReplayOutput):
    """The same with what became of it."""

    became = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "By state: how those made due stand now", "example": {"sent": 41, "failed": 1}},
    )


INPUT_EXAMPLE: dict[str, Any] = {
    "filter": {"provider": "mail.example:587", "from": "2026-03-02T00:00:00+07:00"},
    "dry_run": True,
}
REPORT_EXAMPLE: dict[str, Any] = {
    "dry_run": True,
    "replay": None,
    "matched": 44,
    "more": False,
    "replayed": 42,
    "groups": [{"state": "failed", "channel": "email", "kind": "escalation", "count": 42}],
    "left": {"acknowledged": 2},
    "sample": [
        {
            "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
            "full_name": "Nguyễn Văn An",
            "channel": "email",
            "state": "failed",
            "kind": "escalation",
            "issue_code": "BT-2026-000123",
            "created_at": "2026-03-02T01:45:01+00:00",
            "last_error": "RCPT: 550 5.7.1 relaying denied",
        }
    ],
}
REPLAY_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c0dd",
    "at": "2026-03-03T01:45:00+00:00",
    "by": "van-phong-tinh-uy",
    "reason": "Máy chủ thư đã hoạt động lại",
    "filter": {"provider": "mail.example:587", "from": "2026-03-01T17:00:00+00:00"},
    "ids": None,
    "again": False,
    "expected": 42,
    "replayed": 42,
    "left": {},
    "finished_at": "2026-03-03T01:45:01+00:00",
}
PAGE_EXAMPLE = {"items": [REPLAY_EXAMPLE], "next_cursor": None}
DETAIL_EXAMPLE = REPLAY_EXAMPLE | {"became": {"sent": 41, "failed": 1}}
