"""Reviews as the API reads and shows them."""

from marshmallow import fields, validate

from services.assignments.assignments.schemas import (
    ASSIGNMENT_EXAMPLE,
    BASIS_MAX,
    DOCUMENT,
    NOTE_MAX,
    AssignmentOutput,
    OfficialBrief,
    PlaceBrief,
)
from services.assignments.documents.schemas import DocumentBrief
from services.assignments.reviews.rules import SHOWN_MAX, UNDECIDED, Decision, State
from services.assignments.rotations.schemas import ROTATION_EXAMPLE, RotationOutput
from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

_DECISIONS = [each.value for each in Decision]
_TERRITORY = {"description": "The unit it lies in: of a hamlet, its commune"}
_TOTAL = {"description": f"How many there are; the list holds the first {SHOWN_MAX}"}


class CampaignFilters(CursorArgs):
    """What a list of campaigns may be narrowed by."""

    state = fields.String(load_default=None, validate=validate.OneOf([each.value for each in State]))
    overdue = fields.Boolean(
        load_default=None, metadata={"description": "true: open, past the deadline, not all decided"}
    )


class CampaignInput(Input):
    """A campaign to begin."""

    name = Text(required=True, max=200)
    unit = UnitRef(required=True, description="Inside which the assignments are looked at: code today, or id")
    posts = fields.List(
        Text(max=60),
        required=True,
        validate=validate.Length(1, 50),
        metadata={"description": "Codes from /posts of those to look at"},
    )
    deadline = day("Last day to decide", required=True)
    effective_on = day("First day on which what is decided is so", required=True)
    legal_basis = Text(required=True, max=BASIS_MAX, metadata={"description": "The decision changes rest on"})
    document = fields.UUID(load_default=None, allow_none=True, metadata={"description": DOCUMENT})


class ReviewItemFilters(CursorArgs):
    """What a list of assignments looked at may be narrowed by."""

    decision = fields.String(load_default=None, validate=validate.OneOf([*_DECISIONS, UNDECIDED]))
    unit = UnitRef(load_default=None, description="Inside this unit: code today, or id")


class ReviewDecisionInput(Input):
    """What becomes of an assignment, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(_DECISIONS))
    reason = Text(required=True, max=NOTE_MAX, lines=True)
    official = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Who takes over: with change, and only then"}
    )
    note = Text(
        load_default=None,
        allow_none=True,
        max=NOTE_MAX,
        lines=True,
        metadata={"description": "What the successor reads"},
    )


class ConclusionInput(Input):
    """Applying a campaign."""

    dry_run = fields.Boolean(load_default=True, metadata={"description": "true: only say what would happen"})
    keep_undecided = fields.Boolean(
        load_default=False, metadata={"description": "What nobody decided on stays as it is"}
    )


class CancellationInput(Input):
    """Cancelling a campaign."""

    reason = Text(required=True, max=NOTE_MAX, lines=True)


class CampaignOutput(Output):
    """A campaign, and how far it is."""

    id = fields.UUID(required=True, attribute="campaign.id")
    name = fields.String(required=True, attribute="campaign.name")
    unit = fields.Nested(UnitBrief, required=True, attribute="campaign.unit")
    posts = fields.List(fields.String(), required=True, attribute="campaign.posts")
    deadline = fields.Date(required=True, attribute="campaign.deadline")
    effective_on = fields.Date(required=True, attribute="campaign.effective_on")
    legal_basis = fields.String(required=True, attribute="campaign.legal_basis")
    document = fields.Nested(DocumentBrief, required=True, allow_none=True, attribute="campaign.document")
    state = fields.String(required=True, attribute="campaign.state", metadata={"enum": list(State)})
    overdue = fields.Boolean(required=True)
    total = fields.Integer(required=True, metadata={"description": "Assignments it looks at"})
    decided = fields.Integer(required=True)
    may_decide = fields.Boolean(required=True, metadata={"description": "Whether who asks may decide in it"})
    may_conclude = fields.Boolean(
        required=True, metadata={"description": "Whether who asks may apply or cancel it"}
    )
    created_at = fields.AwareDateTime(required=True, attribute="campaign.created_at")
    created_by = fields.String(required=True, attribute="campaign.created_by")
    closed_at = fields.AwareDateTime(required=True, allow_none=True, attribute="campaign.closed_at")
    closed_by = fields.String(required=True, allow_none=True, attribute="campaign.closed_by")
    closing_note = fields.String(required=True, allow_none=True, attribute="campaign.closing_note")
    version = fields.Integer(required=True, attribute="campaign.version")


class ProgressOutput(Output):
    """How far one unit is."""

    unit = fields.Nested(UnitBrief, required=True)
    total = fields.Integer(required=True)
    decided = fields.Integer(required=True)
    keep = fields.Integer(required=True)
    change = fields.Integer(required=True)
    end = fields.Integer(required=True)


class ReviewItemOutput(Output):
    """An assignment looked at, and the decision as it stands."""

    assignment = fields.Nested(AssignmentOutput, required=True)
    territory = fields.Nested(UnitBrief, required=True, metadata=_TERRITORY)
    decision = fields.String(required=True, allow_none=True, metadata={"description": "null: not decided yet"})
    reason = fields.String(required=True, allow_none=True)
    official = fields.Nested(OfficialBrief, required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class DecidedOutput(Output):
    """A decision as it was taken."""

    assignment_id = fields.UUID(required=True, attribute="taken.assignment_id")
    holder = fields.Nested(OfficialBrief, required=True, attribute="taken.assignment.official")
    post = fields.String(required=True, attribute="taken.assignment.post_code")
    place = fields.Nested(PlaceBrief, required=True, attribute="taken.assignment.place")
    territory = fields.Nested(UnitBrief, required=True, attribute="taken.assignment.territory", metadata=_TERRITORY)
    version = fields.Integer(
        required=True, attribute="taken.version", metadata={"description": "The how manieth on this assignment"}
    )
    decision = fields.String(required=True, attribute="taken.decision")
    reason = fields.String(required=True, attribute="taken.reason")
    official_id = fields.UUID(required=True, allow_none=True, attribute="taken.official_id")
    official = fields.Nested(
        OfficialBrief,
        required=True,
        allow_none=True,
        attribute="taken.official",
        metadata={"description": "Who takes over"},
    )
    decided_at = fields.AwareDateTime(required=True, attribute="taken.decided_at")
    decided_by = fields.String(required=True, attribute="taken.decided_by")
    decided_by_name = fields.String(
        required=True, allow_none=True, metadata={"description": "Of an official who decided; null: a client did"}
    )


class ConclusionOutput(RotationOutput):
    """What becomes real, or would, in lists of the first ones; `move` counts the assignments that change or end."""

    ends_total = fields.Integer(required=True, metadata=_TOTAL)
    starts_total = fields.Integer(required=True, metadata=_TOTAL)
    refusals_total = fields.Integer(required=True, metadata=_TOTAL)
    gone_total = fields.Integer(required=True, metadata=_TOTAL)
    kept = fields.Integer(required=True)
    undecided = fields.Integer(required=True)
    gone = fields.List(
        fields.UUID(), required=True, metadata={"description": "Assignments that end by themselves before"}
    )


CAMPAIGN_INPUT_EXAMPLE = {
    "name": "Rà soát phân công theo dõi ấp năm 2026",
    "unit": "83",
    "posts": ["hamlet_follower"],
    "deadline": "2026-09-30",
    "effective_on": "2026-10-15",
    "legal_basis": "Kế hoạch 45-KH/TU",
}
CAMPAIGN_EXAMPLE = CAMPAIGN_INPUT_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d77",
    "unit": UNIT_BRIEF_EXAMPLE,
    "document": None,
    "state": "open",
    "overdue": False,
    "total": 120,
    "decided": 45,
    "may_decide": True,
    "may_conclude": True,
    "created_at": "2026-08-01T01:00:00+00:00",
    "created_by": "ban-to-chuc",
    "closed_at": None,
    "closed_by": None,
    "closing_note": None,
    "version": 1,
}
PROGRESS_EXAMPLE = {"unit": UNIT_BRIEF_EXAMPLE, "total": 40, "decided": 12, "keep": 9, "change": 2, "end": 1}
DECISION_EXAMPLE = {"decision": "end", "reason": "Ấp đã sáp nhập."}
ITEM_EXAMPLE = DECISION_EXAMPLE | {
    "assignment": ASSIGNMENT_EXAMPLE,
    "territory": UNIT_BRIEF_EXAMPLE,
    "official": None,
    "note": None,
    "decided_at": "2026-08-05T02:00:00+00:00",
    "decided_by": "huyen-giong-trom",
    "version": 1,
}
DECIDED_EXAMPLE = DECISION_EXAMPLE | {
    "assignment_id": ASSIGNMENT_EXAMPLE["id"],
    "holder": ASSIGNMENT_EXAMPLE["official"],
    "post": "commune_follower",
    "place": {name: UNIT_BRIEF_EXAMPLE[name] for name in ("id", "name")},
    "territory": UNIT_BRIEF_EXAMPLE,
    "version": 1,
    "official_id": None,
    "official": None,
    "decided_at": "2026-08-05T02:00:00+00:00",
    "decided_by": "huyen-giong-trom",
    "decided_by_name": None,
}
CONCLUSION_EXAMPLE = ROTATION_EXAMPLE | {
    "ends_total": 1,
    "starts_total": 1,
    "refusals_total": 0,
    "gone_total": 0,
    "kept": 100,
    "undecided": 0,
    "gone": [],
}
