"""Notifications as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.notifications.notices.rules import Kind
from services.notifications.notices.schemas import (
    ISSUE_EXAMPLE,
    REASON_EXAMPLE,
    DirectedOutput,
    IssueOutput,
    PassedOutput,
    ReasonOutput,
    ReminderOutput,
)
from services.notifications.notifications.rules import Channel, State, Waiting
from shared.web.schemas import CursorArgs, Output


class InboxArgs(CursorArgs):
    """Whose inbox, and which part of it."""

    official = fields.UUID(required=True, metadata={"description": "The official's id"})
    unacknowledged = fields.Boolean(
        load_default=False,
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "true: only what is not yet acknowledged or, of reminders, not yet seen"},
    )
    kind = fields.String(validate=validate.OneOf(list(Kind)))


class NotificationOutput(Output):
    """One official told of one escalation, directive or reminder over one channel."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": list(Kind)})
    escalation_id = fields.UUID(required=True, allow_none=True, metadata={"description": "null for a reminder"})
    step = fields.Integer(required=True, allow_none=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    channel = fields.String(required=True, metadata={"enum": list(Channel)})
    state = fields.String(
        required=True,
        metadata={
            "enum": list(State),
            "description": "pending until sent or failed; in-app is sent at once; unneeded: "
            "acknowledged while it was still held back",
        },
    )
    waiting = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": [*Waiting, None],
            "description": "Why it cannot even be tried: the contact or its address is not known",
        },
    )
    reasons = fields.List(fields.Nested(ReasonOutput), required=True)
    issue = fields.Nested(IssueOutput, required=True, allow_none=True)
    reminder = fields.Nested(ReminderOutput, required=True, allow_none=True)
    directive = fields.Nested(DirectedOutput, required=True, allow_none=True)
    passed = fields.Nested(
        PassedOutput, required=True, allow_none=True, metadata={"description": "Of a handover: whom it came from"}
    )
    created_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "The next attempt; null when there is none"}
    )
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)
    replays = fields.Integer(
        required=True, metadata={"description": "How often somebody had it sent again; attempts counts since then"}
    )
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_by = fields.String(
        required=True, allow_none=True, metadata={"description": "link, or client: and the client that did it"}
    )
    answer = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": ["taken", "handed_over", "declined", "returned", None],
            "description": "What they said last, if more than that they have seen it",
        },
    )
    unreached_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "When no channel but the inbox was left with this one, so that others were sought; "
            "null: another channel was, or it was none of an escalation"
        },
    )


NOTIFICATION_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
    "kind": "escalation",
    "escalation_id": "0199e6a2-7000-7bb1-9d52-55d2c0a80002",
    "step": 1,
    "official_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "full_name": "Nguyễn Văn An",
    "channel": "inapp",
    "state": "sent",
    "waiting": None,
    "reasons": [REASON_EXAMPLE],
    "issue": ISSUE_EXAMPLE,
    "reminder": None,
    "directive": None,
    "passed": None,
    "created_at": "2026-03-02T01:45:01+00:00",
    "due_at": None,
    "sent_at": "2026-03-02T01:45:01+00:00",
    "attempts": 0,
    "last_error": None,
    "replays": 0,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "answer": None,
    "unreached_at": None,
}
PAGE_EXAMPLE = {"items": [NOTIFICATION_EXAMPLE], "next_cursor": None}
