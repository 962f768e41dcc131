"""Proposals as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.proposals.rules import (
    ASKED_FOR,
    MOST_ISSUES,
    MOST_SIGNERS,
    REASON_LONGEST,
    REASON_SHORTEST,
    TEXT_LONGEST,
    TITLE_LONGEST,
    Answer,
    State,
)
from services.visits.threads.schemas import LinkedIssueOutput, ThreadOfficialOutput
from shared.web.schemas import CursorArgs, Input, Output, Text

_OPTIONAL: Any = {"load_default": None, "allow_none": True}


class ProposalReminderInput(Input):
    """When those invited who say nothing are reminded."""

    every_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 366))
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class ProposalReminderOutput(Output):
    """When those invited who say nothing are reminded."""

    every_days = fields.Integer(required=True)
    source = fields.String(required=True)


class ProposalInput(Input):
    """What several officials ask of a higher level together."""

    title = Text(required=True, max=TITLE_LONGEST)
    text = Text(required=True, min=10, max=TEXT_LONGEST, lines=True)
    issues = fields.List(
        Text(max=60),
        required=True,
        validate=validate.Length(1, MOST_ISSUES),
        metadata={"description": "Ids or codes of the issues it is about"},
    )
    addressee_level = Text(
        required=True,
        max=30,
        metadata={
            "description": "The level of the unit it goes to, which all the issues lie in: province, district"
        },
    )
    addressee = Text(max=200, metadata={"description": "The body or person there"}, **_OPTIONAL)
    official = fields.UUID(required=True, metadata={"description": "Who drafts it, and signs it thereby"})
    cosigners = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, MOST_SIGNERS),
        metadata={"description": "The officials invited to sign"},
    )
    quorum = fields.Integer(
        strict=True,
        validate=validate.Range(1, MOST_SIGNERS),
        metadata={"description": "How many of those invited must sign; all if left out"},
        **_OPTIONAL,
    )


class ProposalMoveInput(Input):
    """What to do with a proposal, and what that needs."""

    move = fields.String(required=True, validate=validate.OneOf(list(ASKED_FOR)))
    official = fields.UUID(metadata={"description": "sign, decline, withdraw: who does it"}, **_OPTIONAL)
    reason = Text(
        min=REASON_SHORTEST,
        max=REASON_LONGEST,
        lines=True,
        metadata={"description": "decline, withdraw: why"},
        **_OPTIONAL,
    )
    text = Text(max=TEXT_LONGEST, lines=True, metadata={"description": "answer: what is answered"}, **_OPTIONAL)
    by = Text(max=200, metadata={"description": "answer: who answers"}, **_OPTIONAL)


class ProposalFilters(CursorArgs):
    """What a list may be narrowed by."""

    state = fields.String(validate=validate.OneOf(list(State)))
    issue = Text(max=60, metadata={"description": "Id or code of an issue it is about"})
    official = fields.UUID(metadata={"description": "Who drafted it or was invited to sign"})


class ProposalUnitOutput(Output):
    """The unit it goes to, as it was called then."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class ProposalAddresseeOutput(Output):
    """Whom it is addressed to."""

    level = fields.String(required=True)
    unit = fields.Nested(ProposalUnitOutput, required=True)
    name = fields.String(required=True, allow_none=True)


class SignerOutput(Output):
    """An official invited to sign, and what they said."""

    official = fields.Nested(ThreadOfficialOutput, required=True)
    answer = fields.String(required=True, validate=validate.OneOf(list(Answer)))
    invited_at = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ProposalAnswerOutput(Output):
    """What the addressee answered."""

    text = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class ProposalOutput(Output):
    """A proposal in a list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    title = fields.String(required=True)
    text = fields.String(required=True)
    addressee = fields.Nested(ProposalAddresseeOutput, required=True)
    quorum = fields.Integer(required=True, metadata={"description": "How many of the cosigners must sign"})
    official = fields.Nested(ThreadOfficialOutput, required=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    issues = fields.List(fields.Nested(LinkedIssueOutput), required=True)
    cosigners = fields.List(fields.Nested(SignerOutput), required=True)
    answer = fields.Nested(ProposalAnswerOutput, required=True, allow_none=True)


class ProposalMoveOutput(Output):
    """One thing that was done to a proposal."""

    at = fields.AwareDateTime(required=True)
    move = fields.String(required=True)
    client_id = fields.String(required=True)
    official = fields.Nested(ThreadOfficialOutput, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ProposalDetailOutput(ProposalOutput):
    """A proposal in full."""

    history = fields.List(fields.Nested(ProposalMoveOutput), required=True)


PROPOSAL_EXAMPLE: dict[str, Any] = {
    "title": "Xây cống ngăn mặn mới",
    "text": "Kính đề nghị bố trí vốn xây cống mới trong năm nay.",
    "issues": ["BT-2026-000123"],
    "addressee_level": "province",
    "addressee": "Thường trực Tỉnh ủy",
    "official": "0198d0f6-7c11-7a52-9a55-2f3b7c1d9e10",
    "cosigners": ["0198d0f6-7c11-7a52-9a55-2f3b7c1d9e11"],
}
