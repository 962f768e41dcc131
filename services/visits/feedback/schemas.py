"""Feedback as the API reads and shows it."""

from typing import Any

from marshmallow import fields, validate

from services.visits.feedback import rules, wording
from services.visits.feedback.rules import Addressee, Form, Move, State
from services.visits.issues.schemas import PlaceOutput
from services.visits.visits.schemas import VisitPersonOutput
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

_OPTIONAL: Any = {"load_default": None, "allow_none": True}


class FeedbackAddresseeInput(Input):
    """To whom feedback is given."""

    kind = fields.String(required=True, validate=validate.OneOf(list(Addressee)))
    name = Text(max=200, metadata={"description": "key_official: who"}, **_OPTIONAL)
    position = Text(max=200, metadata={"description": "key_official: in what position"}, **_OPTIONAL)


class FeedbackInput(Input):
    """Feedback to a commune."""

    unit = Text(
        max=36, metadata={"description": "The commune: its code today, or its id; or name the visit"}, **_OPTIONAL
    )
    official = fields.UUID(required=True, metadata={"description": "Who gives it"})
    form = fields.String(required=True, validate=validate.OneOf(list(Form)))
    addressee = fields.Nested(FeedbackAddresseeInput, **_OPTIONAL)
    text = Text(required=True, max=rules.TEXT_LONGEST, lines=True)
    action = Text(max=2_000, lines=True, metadata={"description": "What exactly is to be done"}, **_OPTIONAL)
    due_on = day("By when", **_OPTIONAL)
    visit = fields.UUID(metadata={"description": "The visit that led to it"}, **_OPTIONAL)
    issue = Text(max=60, metadata={"description": "Id or code of the issue it is about"}, **_OPTIONAL)
    restricted = fields.Boolean(
        load_default=False,
        metadata={"description": "Only for those with visits:write; to others it does not exist"},
    )
    readers = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=rules.READERS_AT_MOST),
        metadata={"description": "restricted: officials who are told beside its author and the commune"},
    )
    confirm_general = fields.Boolean(
        load_default=False, metadata={"description": "Give it although its wording is general; see flags of a 422"}
    )


class FeedbackMoveInput(Input):
    """What to do with feedback, and what that needs."""

    move = fields.String(required=True, validate=validate.OneOf(list(Move)))
    text = Text(
        max=rules.TEXT_LONGEST,
        lines=True,
        metadata={"description": "accept: what will be done; explain: why not; done: what was done"},
        **_OPTIONAL,
    )
    by = Text(max=200, metadata={"description": "accept, explain: who speaks for the commune"}, **_OPTIONAL)
    due_on = day("accept: by when it will be done; reopen: the new day", **_OPTIONAL)
    reason = Text(
        min=rules.REASON_SHORTEST,
        max=rules.REASON_LONGEST,
        lines=True,
        metadata={"description": "reopen: why"},
        **_OPTIONAL,
    )
    official = fields.UUID(metadata={"description": "The official who does it"}, **_OPTIONAL)


class VisitCloseInput(Input):
    """What a visit led to."""

    feedback = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Feedback to the commune that it led to, beside that given under the visit"},
    )
    no_feedback_reason = Text(
        min=rules.REASON_SHORTEST,
        max=rules.REASON_LONGEST,
        lines=True,
        metadata={"description": "Why there is none"},
        **_OPTIONAL,
    )
    official = fields.UUID(metadata={"description": "The official who does it"}, **_OPTIONAL)


class FeedbackFilters(CursorArgs):
    """What a list may be narrowed by."""

    unit = Text(max=80, metadata={"description": "Code of a unit, or a path: all inside it", "example": "83/834/"})
    official = fields.UUID(metadata={"description": "Who gave it"})
    visit = fields.UUID()
    state = fields.String(validate=validate.OneOf(list(State)))
    form = fields.String(validate=validate.OneOf(list(Form)))
    addressee = fields.String(validate=validate.OneOf(list(Addressee)))
    given_from = day("First local day, included")
    given_to = day("Last local day, included")
    overdue = fields.Boolean(load_default=False, metadata={"description": "Only those not done past their day"})


class WordingRuleInput(Input):
    """A rule of wording as it should be."""

    kind = fields.String(required=True, validate=validate.OneOf(list(wording.Kind)))
    test = fields.String(required=True, validate=validate.OneOf(list(wording.Check)))
    words = fields.List(
        Text(max=100),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "words: phrases; case and diacritics do not matter"},
    )
    number = fields.Integer(
        strict=True,
        validate=validate.Range(1, 1000),
        metadata={"description": "shortest: the fewest words"},
        **_OPTIONAL,
    )
    field = fields.String(
        validate=validate.OneOf(wording.FIELDS), metadata={"description": "missing: the field"}, **_OPTIONAL
    )
    message_vi = Text(required=True, max=500)
    message_en = Text(required=True, max=500)
    active = fields.Boolean(load_default=True)
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class FeedbackFollowUpInput(Input):
    """How feedback is followed up, in days."""

    answer_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 366))
    remind_before_days = fields.Integer(required=True, strict=True, validate=validate.Range(0, 60))
    chase_every_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 366))
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class WordingRuleOutput(Output):
    """A rule of wording."""

    code = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(wording.Kind)))
    test = fields.String(required=True, validate=validate.OneOf(list(wording.Check)))
    words = fields.List(fields.String(), required=True)
    number = fields.Integer(required=True, allow_none=True)
    field = fields.String(required=True, allow_none=True)
    message_vi = fields.String(required=True)
    message_en = fields.String(required=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class WordingRuleList(Output):
    """All rules of wording."""

    items = fields.List(fields.Nested(WordingRuleOutput), required=True)


class FeedbackFollowUpOutput(Output):
    """How feedback is followed up, in days."""

    answer_days = fields.Integer(required=True)
    remind_before_days = fields.Integer(required=True)
    chase_every_days = fields.Integer(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class FeedbackAddresseeOutput(Output):
    """To whom feedback was given."""

    kind = fields.String(required=True, validate=validate.OneOf(list(Addressee)))
    name = fields.String(required=True, allow_none=True)
    position = fields.String(required=True, allow_none=True)


class FeedbackFlagOutput(Output):
    """What the check of wording found, and the author confirmed."""

    code = fields.String(required=True)
    message_vi = fields.String(required=True)
    message_en = fields.String(required=True)
    found = fields.List(fields.String(), required=True)


class FeedbackOutput(Output):
    """Feedback in a list."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "Grows with every change; also the ETag"})
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    unit = fields.Nested(PlaceOutput, required=True)
    official = fields.Nested(VisitPersonOutput, required=True)
    form = fields.String(required=True, validate=validate.OneOf(list(Form)))
    addressee = fields.Nested(FeedbackAddresseeOutput, required=True, allow_none=True)
    text = fields.String(required=True)
    action = fields.String(required=True, allow_none=True)
    due_on = fields.Date(required=True, allow_none=True)
    follow_on = fields.Date(required=True, metadata={"description": "When it is followed up: named, or usual"})
    overdue = fields.Boolean(required=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    issue_id = fields.UUID(required=True, allow_none=True)
    restricted = fields.Boolean(required=True)
    readers = fields.List(fields.Nested(VisitPersonOutput), required=True)
    flags = fields.List(fields.Nested(FeedbackFlagOutput), required=True)
    given_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True, metadata={"description": "The client"})
    answer = fields.String(required=True, allow_none=True)
    answered_by = fields.String(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)


class FeedbackMoveOutput(Output):
    """One thing that was done to feedback."""

    at = fields.AwareDateTime(required=True)
    move = fields.String(required=True)
    client_id = fields.String(required=True)
    official = fields.Nested(VisitPersonOutput, required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    data = fields.Dict(required=True, metadata={"description": "Answers and days as they were"})


class FeedbackDetailOutput(FeedbackOutput):
    """Feedback in full."""

    history = fields.List(fields.Nested(FeedbackMoveOutput), required=True)


FEEDBACK_EXAMPLE: dict[str, Any] = {
    "unit": "28993",
    "official": "0198d0f6-7c11-7a52-9a55-2f3b7c1d9e10",
    "form": "formal",
    "addressee": {"kind": "standing_committee"},
    "text": "Cống số 2 chưa sửa, 40 ha lúa của ấp 3 đang bị mặn.",
    "action": "Sửa cống số 2 và báo cáo kết quả.",
    "due_on": "2026-03-31",
}
