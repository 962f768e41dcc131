"""Absences as the API reads and shows them."""

from typing import Any

from marshmallow import fields, post_dump, validate

from services.assignments.absences.rules import Move, State, Why
from services.assignments.assignments.schemas import OfficialBrief
from shared.web.auth import principal
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

NOTE_MAX = 500
ASSIGNMENTS_MAX = 100
_PRIVATE = ("reason", "note")
_PRIVACY = "Only in answers to the official and to tokens with assignments:write; absent for others"


def _some(enum: Any) -> validate.OneOf:
    return validate.OneOf([each.value for each in enum])


class AbsenceFilters(CursorArgs):
    """What a list of absences may be narrowed by."""

    official = fields.UUID(load_default=None)
    substitute = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=_some(State))
    at = day("Absences that hold this day; all if left out", load_default=None)


class AbsenceInput(Input):
    """A new absence."""

    official = fields.UUID(required=True)
    substitute = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Who stands in; nobody if left out: matters go to the post above"},
    )
    assignments = fields.List(
        fields.UUID(),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, ASSIGNMENTS_MAX),
        metadata={"description": "From these assignments only; from everything if left out"},
    )
    valid_from = day("First day", required=True)
    valid_to = day("First day back; open if left out", load_default=None, allow_none=True)
    reason = fields.Enum(Why, by_value=True, required=True)
    note = Text(load_default=None, allow_none=True, max=NOTE_MAX, lines=True)


class AbsenceChange(Input):
    """What may be changed of an absence; what is left out stays."""

    substitute = fields.UUID(allow_none=True, metadata={"description": "Who stands in; only before it begins"})
    valid_to = day("First day back; null: open", allow_none=True)


class AbsenceMove(Input):
    """A decision about an absence."""

    move = fields.Enum(Move, by_value=True, required=True)
    note = Text(load_default=None, allow_none=True, max=NOTE_MAX, lines=True)


class AbsenceOutput(Output):
    """An absence of an official."""

    id = fields.UUID(required=True)
    official = fields.Nested(OfficialBrief, required=True)
    substitute = fields.Nested(OfficialBrief, required=True, allow_none=True)
    assignments = fields.List(fields.UUID(), required=True, allow_none=True, attribute="assignment_ids")
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "First day back"})
    reason = fields.String(validate=_some(Why), metadata={"description": _PRIVACY})
    note = fields.String(allow_none=True, metadata={"description": _PRIVACY})
    state = fields.String(required=True, validate=_some(State))
    entered_by = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decision_note = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)

    @post_dump
    def keep_reasons_private(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Why somebody is away may be a matter of health."""
        who = principal()
        if not who.may("assignments:write") and str(who.official) != data["official"]["id"]:
            for name in _PRIVATE:
                data.pop(name, None)
        return data


ABSENCE_INPUT_EXAMPLE = {
    "official": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "substitute": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d44",
    "valid_from": "2026-03-02",
    "valid_to": "2026-03-16",
    "reason": "study",
    "note": "Lớp bồi dưỡng, Học viện Chính trị khu vực IV",
}

ABSENCE_EXAMPLE = ABSENCE_INPUT_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d66",
    "official": {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"},
    "substitute": {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d44", "full_name": "Trần Văn Bình"},
    "assignments": None,
    "state": "approved",
    "entered_by": "ban-to-chuc",
    "created_at": "2026-02-27T02:00:00Z",
    "decided_by": "ban-to-chuc",
    "decided_at": "2026-02-27T02:00:00Z",
    "decision_note": None,
    "version": 1,
}
