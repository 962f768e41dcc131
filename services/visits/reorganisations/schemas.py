"""What followed its place, as the API shows it."""

from marshmallow import fields, validate

from services.visits.reorganisations.rules import Kind
from shared.web.schemas import CursorArgs, Output


class MoveFilters(CursorArgs):
    """What a list of moves is narrowed by."""

    reorganisation = fields.UUID(required=True, metadata={"description": "Its id, see the assignments API"})
    kind = fields.String(load_default=None, validate=validate.OneOf(list(Kind)))
    check = fields.Boolean(
        load_default=None, metadata={"description": "true: only those where nobody decided where they go"}
    )


class MoveOutput(Output):
    """A record that was moved to the heir of its unit."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    subject_id = fields.UUID(required=True, metadata={"description": "The issue, visit, feedback or request"})
    from_unit_id = fields.UUID(required=True)
    from_unit_name = fields.String(required=True)
    to_unit_id = fields.UUID(required=True)
    to_unit_name = fields.String(required=True)
    check = fields.Boolean(
        required=True, metadata={"description": "The old unit was split and nobody decided: look at it"}
    )
    moved_at = fields.AwareDateTime(required=True)


MOVE_EXAMPLE = {
    "id": "6f6b1f1e-3f0a-4d1c-9a55-0a4c1f3f1d01",
    "kind": "issue",
    "subject_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d44",
    "from_unit_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "from_unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "to_unit_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b00",
    "to_unit_name": "Xã Lương Phú, Tỉnh Vĩnh Long",
    "check": False,
    "moved_at": "2026-07-01T00:00:12+00:00",
}
