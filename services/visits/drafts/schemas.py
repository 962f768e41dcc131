"""Drafts as the API reads and answers them."""

from marshmallow import fields, validate

from services.visits.drafts.kinds import KINDS
from services.visits.drafts.rules import MOST_ITEMS, Status
from shared.web.schemas import Input, Output


class DraftInput(Input):
    """Something written without a connection."""

    client_id = fields.UUID(required=True, metadata={"description": "An id made where the draft was made; kept"})
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    made_at = fields.AwareDateTime(required=True)
    body = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "What would be sent to make one of that kind; of a comment also `issue`, of "
            "visit_carried_out also `visit`: an id, or that of an earlier draft, as in feedback"
        },
    )


class BatchInput(Input):
    """Drafts to hand in, done in this order."""

    items = fields.List(fields.Nested(DraftInput), required=True, validate=validate.Length(1, MOST_ITEMS))


class DraftOutput(Output):
    """What became of a draft."""

    client_id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(Status)))
    id = fields.UUID(required=True, allow_none=True, metadata={"description": "Of what it made"})
    problem = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Why it was refused: status, title, detail, errors … as of a request of its own"},
    )


class BatchOutput(Output):
    """What became of each draft, in the order they were handed in."""

    items = fields.List(fields.Nested(DraftOutput), required=True)


_ISSUE = {
    "unit": "28993",
    "kind": "difficulty",
    "category": "water",
    "title": "Thiếu nước sinh hoạt",
    "description": "Ấp 3 thiếu nước từ đầu tháng.",
}
BATCH_EXAMPLE = {
    "items": [
        {
            "client_id": "6f1c2f0e-6d0b-4a57-9d8c-0c8e3c1c5a11",
            "kind": "issue",
            "made_at": "2026-03-02T08:30:00+07:00",
            "body": _ISSUE,
        }
    ]
}
