"""Handovers and rotations as the API reads and shows them."""

from marshmallow import fields, validate

from services.assignments.assignments.schemas import (
    ASSIGNMENT_EXAMPLE,
    BASIS_MAX,
    NOTE_MAX,
    AssignmentOutput,
    OfficialBrief,
    PlaceBrief,
)
from services.assignments.rotations.rules import MOVES_MAX
from shared.web.documented import day, end_day, first_day
from shared.web.schemas import Input, Output, Text


class TermsInput(Input):
    """From when, by what, and why."""

    on = day("First day it is so: what ends ends before it, what starts starts on it", required=True)
    legal_basis = Text(required=True, max=BASIS_MAX, metadata={"description": "The decision it rests on"})
    document = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "That decision, if it is registered"}
    )
    reason = Text(load_default=None, allow_none=True, max=NOTE_MAX, lines=True)


class HandoverInput(TermsInput):
    """Who takes over, and what the successor should know."""

    official = fields.UUID(required=True)
    note = Text(
        load_default=None,
        allow_none=True,
        max=NOTE_MAX,
        lines=True,
        metadata={"description": "What the successor reads on the assignment and on its mandate"},
    )


class HandoverOutput(Output):
    """The assignment that ends and the one that starts."""

    ended = fields.Nested(AssignmentOutput, required=True)
    started = fields.Nested(AssignmentOutput, required=True)


class MoveInput(Input):
    """An assignment that ends, and who takes it over."""

    assignment = fields.UUID(required=True)
    official = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "null: nobody, the place becomes vacant"}
    )
    note = Text(load_default=None, allow_none=True, max=NOTE_MAX, lines=True)


class RotationInput(TermsInput):
    """Many moves on one day."""

    moves = fields.List(fields.Nested(MoveInput), required=True, validate=validate.Length(1, MOVES_MAX))
    dry_run = fields.Boolean(
        load_default=True, metadata={"description": "true: only say what would happen and what would be refused"}
    )


class MovedOutput(Output):
    """An assignment as it would be, or is, after the rotation."""

    move = fields.Integer(required=True, metadata={"description": "Which of the moves, counted from 0"})
    id = fields.UUID(required=True, allow_none=True, metadata={"description": "null: not made yet"})
    official = fields.Nested(OfficialBrief, required=True)
    post = fields.String(required=True)
    place = fields.Nested(PlaceBrief, required=True)
    valid_from = first_day()
    valid_to = end_day()


class RefusalOutput(Output):
    """Why a move cannot be made."""

    move = fields.Integer(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)


class RotationOutput(Output):
    """What happens, or would."""

    dry_run = fields.Boolean(required=True)
    on = fields.Date(required=True)
    ends = fields.List(fields.Nested(MovedOutput), required=True)
    starts = fields.List(fields.Nested(MovedOutput), required=True)
    refusals = fields.List(fields.Nested(RefusalOutput), required=True)


_TERMS = {"on": "2026-07-01", "legal_basis": "Quyết định 215-QĐ/TU"}
_OTHER = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d34"
HANDOVER_INPUT_EXAMPLE = _TERMS | {"official": _OTHER, "note": "Cống số 2 đang chờ vốn; hẹn xã họp ngày 5/7."}
HANDOVER_EXAMPLE = {"ended": ASSIGNMENT_EXAMPLE | {"valid_to": "2026-07-01"}, "started": ASSIGNMENT_EXAMPLE}
ROTATION_INPUT_EXAMPLE = _TERMS | {
    "dry_run": True,
    "moves": [{"assignment": ASSIGNMENT_EXAMPLE["id"], "official": _OTHER}],
}
_MOVED = {
    "move": 0,
    "id": ASSIGNMENT_EXAMPLE["id"],
    "official": ASSIGNMENT_EXAMPLE["official"],
    "post": "commune_follower",
    "place": {"id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a", "name": "Xã Mỹ Thạnh"},
    "valid_from": "2026-03-02",
    "valid_to": "2026-07-01",
}
ROTATION_EXAMPLE = {
    "dry_run": True,
    "on": "2026-07-01",
    "ends": [_MOVED],
    "starts": [
        _MOVED
        | {"id": None, "valid_from": "2026-07-01", "valid_to": None}
        | {"official": {"id": _OTHER, "full_name": "Trần Thị Bình"}}
    ],
    "refusals": [],
}
