"""Reorganisations as the API reads and shows them."""

from datetime import date

from marshmallow import fields, validate

from services.assignments.reorganisations.rules import Basis, Outcome, State, Subject
from services.assignments.units.rules import TWO_TIERS_SINCE
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

NAME_MAX, BASIS_MAX, NOTE_MAX, FILE_MAX = 200, 300, 2_000, 900_000
REFORM = "Sắp xếp đơn vị hành chính từ 01/07/2025"
REFORM_BASIS = "Nghị quyết 202/2025/QH15; Quyết định 19/2025/QĐ-TTg"


def _csv(about: str) -> Text:
    metadata = {"description": f"{about}; left out: those of 1 July 2025, which the system has"}
    return Text(load_default=None, max=FILE_MAX, lines=True, metadata=metadata)


class PlanInput(Input):
    """A new plan. Without files: the reform of 1 July 2025."""

    name = Text(load_default=REFORM, max=NAME_MAX)
    legal_basis = Text(load_default=REFORM_BASIS, max=BASIS_MAX)
    effective_on = day("The first day of the new units", load_default=TWO_TIERS_SINCE)
    units = _csv("The units that begin: CSV, columns as data/units-2025-07-01.csv")
    provinces = fields.List(
        Text(max=5),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Old codes of the provinces it is of, all that become one together; none: all"},
    )
    successors = _csv("Which old unit goes to which new one: CSV, columns old_code,new_code,extent")


class UndoInput(Input):
    """Why it is undone."""

    reason = Text(required=True, max=NOTE_MAX, min=5)


class DecisionInput(Input):
    """Where something goes."""

    unit = Text(
        load_default=None, max=5, allow_none=True, metadata={"description": "Code of the new unit; null: it ends"}
    )
    post = Text(
        load_default=None,
        max=100,
        allow_none=True,
        metadata={"description": "Of an assignment: the post held there, if it is another one"},
    )
    note = Text(load_default=None, max=NOTE_MAX, allow_none=True, lines=True)


class ItemFilters(CursorArgs):
    """What a list of items may be narrowed by."""

    kind = fields.String(load_default=None, validate=validate.OneOf(list(Subject)))
    outcome = fields.String(load_default=None, validate=validate.OneOf(list(Outcome)))
    undecided = fields.Boolean(
        load_default=False, metadata={"description": "true: only those that need a decision and have none"}
    )


class ReorganisationOutput(Output):
    """A reorganisation."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    legal_basis = fields.String(required=True)
    effective_on = fields.Date(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(State)))
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    applied_at = fields.AwareDateTime(required=True, allow_none=True)
    applied_by = fields.String(required=True, allow_none=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)
    undone_by = fields.String(required=True, allow_none=True)
    undo_reason = fields.String(required=True, allow_none=True)
    refusal = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it could not be undone when that was asked last"},
    )
    version = fields.Integer(required=True)


class ItemOutput(Output):
    """What becomes of one thing."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Subject)))
    subject_id = fields.UUID(required=True)
    unit_id = fields.UUID(required=True, allow_none=True, metadata={"description": "The old unit it is or lies in"})
    label = fields.String(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(list(Outcome)))
    successors = fields.List(
        fields.String(), required=True, metadata={"description": "Codes, as the list has them"}
    )
    needs_decision = fields.Boolean(required=True)
    decided = fields.Boolean(required=True)
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "Where it goes as things stand; null: it ends"}
    )
    default_code = fields.String(required=True, allow_none=True)
    default_basis = fields.String(
        required=True, validate=validate.OneOf(list(Basis)), metadata={"description": "Why that is the default"}
    )
    chosen_post = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)
    new_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "What it has become, once applied"}
    )
    version = fields.Integer(required=True)


class Counted(Output):
    """How many things of a kind have a fate in common."""

    kind = fields.String(required=True)
    outcome = fields.String(required=True)
    count = fields.Integer(required=True)
    undecided = fields.Integer(required=True)


class UnitNamed(Output):
    """A unit by code and name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class Unmapped(UnitNamed):
    """An old unit that no row speaks of."""

    goes_to = fields.String(required=True, allow_none=True)


class ReportOutput(Output):
    """The dry run of a plan, or what was done."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    effective_on = fields.Date(required=True)
    ending = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    beginning = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(Counted), required=True)
    undecided = fields.Integer(required=True, metadata={"description": "They go by their defaults"})
    unmapped = fields.List(fields.Nested(Unmapped), required=True)
    without_predecessor = fields.List(fields.Nested(UnitNamed), required=True)
    not_known_here = fields.Integer(required=True, metadata={"description": "Old units of the list not known here"})
    not_taken = fields.Integer(required=True, metadata={"description": "New units that take in none known here"})


PLAN_EXAMPLE = {"name": REFORM, "legal_basis": REFORM_BASIS, "effective_on": date(2025, 7, 1).isoformat()}

REORGANISATION_EXAMPLE = PLAN_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d61",
    "state": "planned",
    "created_at": "2025-06-20T02:00:00+00:00",
    "created_by": "ban-to-chuc",
    "applied_at": None,
    "applied_by": None,
    "undone_at": None,
    "undone_by": None,
    "undo_reason": None,
    "refusal": None,
    "version": 1,
}

ITEM_EXAMPLE = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d62",
    "kind": "unit",
    "subject_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "unit_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "label": "Phường Cống Vị",
    "outcome": "splits",
    "successors": ["00008", "00025"],
    "needs_decision": True,
    "decided": False,
    "code": "00008",
    "default_code": "00008",
    "default_basis": "nearest",
    "chosen_post": None,
    "note": None,
    "decided_at": None,
    "decided_by": None,
    "details": {"code": "00007", "level": "commune", "path": "01/001/00007/"},
    "new_id": None,
    "version": 1,
}

REPORT_EXAMPLE = {
    "id": REORGANISATION_EXAMPLE["id"],
    "state": "planned",
    "effective_on": "2025-07-01",
    "ending": {"commune": 10035, "district": 696, "province": 63},
    "beginning": {"commune": 3321, "province": 34},
    "items": [{"kind": "unit", "outcome": "splits", "count": 441, "undecided": 441}],
    "undecided": 441,
    "unmapped": [{"code": "01651", "name": "Xã Mỹ Hưng", "goes_to": "01594"}],
    "without_predecessor": [{"code": "21548", "name": "Đặc khu Lý Sơn"}],
    "not_known_here": 0,
    "not_taken": 0,
}
