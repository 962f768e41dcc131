"""The overview as the API reads and shows it."""

from typing import Any

from marshmallow import fields

from shared.web.schemas import Input, Output, Text


class OverviewFilters(Input):
    """Of which place."""

    unit = Text(
        max=80,
        metadata={
            "description": "Code of a province, district or commune, or a path; the whole territory if left out",
            "example": "83/834/",
        },
    )


class AgeOutput(Output):
    """Open issues of an age."""

    from_days = fields.Integer(required=True)
    to_days = fields.Integer(required=True, allow_none=True, metadata={"description": "Included; null: any older"})
    open = fields.Integer(required=True)


class IssueFigures(Output):
    """How many issues, how far they have come, how old the open ones are."""

    open = fields.Integer(required=True)
    by_state = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    by_age = fields.List(fields.Nested(AgeOutput), required=True)


class EscalationFigures(Output):
    """Escalations that nobody has acknowledged."""

    unacknowledged = fields.Integer(required=True)
    oldest_at = fields.AwareDateTime(required=True, allow_none=True)


class OverdueFigures(Output):
    """How much of what is regular is overdue."""

    visit = fields.Integer(required=True)
    meeting = fields.Integer(required=True)
    report = fields.Integer(required=True)
    contact = fields.Integer(required=True)


class VisitFigures(Output):
    """Visits of the last 90 days; shares from 0 to 1, null where there were none."""

    since = fields.Date(required=True)
    total = fields.Integer(required=True)
    joint = fields.Integer(required=True, metadata={"description": "By more than one official"})
    joint_share = fields.Float(required=True, allow_none=True)
    with_feedback = fields.Integer(required=True, metadata={"description": "Those that led to feedback"})
    feedback_rate = fields.Float(required=True, allow_none=True)


class CooperationFigures(Output):
    """What communes say of cooperation."""

    since = fields.Date(required=True, metadata={"description": "First month"})
    ratings = fields.Integer(required=True)
    average = fields.Float(required=True, allow_none=True)


class OverviewOutput(Output):
    """A territory in figures."""

    at = fields.Date(required=True)
    places = fields.List(fields.String(), required=True, metadata={"description": "Paths that the figures are of"})
    issues = fields.Nested(IssueFigures, required=True)
    escalations = fields.Nested(EscalationFigures, required=True)
    overdue = fields.Nested(OverdueFigures, required=True)
    silent_communes = fields.Integer(required=True)
    visits = fields.Nested(VisitFigures, required=True)
    cooperation = fields.Nested(CooperationFigures, required=True)


OVERVIEW_EXAMPLE: dict[str, Any] = {
    "at": "2026-03-02",
    "places": ["83/834/"],
    "issues": {
        "open": 12,
        "by_state": {"escalated": 2, "reported": 10, "resolved": 5},
        "by_age": [
            {"from_days": 0, "to_days": 7, "open": 4},
            {"from_days": 8, "to_days": 30, "open": 5},
            {"from_days": 31, "to_days": 90, "open": 2},
            {"from_days": 91, "to_days": None, "open": 1},
        ],
    },
    "escalations": {"unacknowledged": 1, "oldest_at": "2026-03-01T01:30:00+00:00"},
    "overdue": {"visit": 3, "meeting": 0, "report": 1, "contact": 2},
    "silent_communes": 2,
    "visits": {
        "since": "2025-12-02",
        "total": 20,
        "joint": 5,
        "joint_share": 0.25,
        "with_feedback": 16,
        "feedback_rate": 0.8,
    },
    "cooperation": {"since": "2025-12-01", "ratings": 30, "average": 4.1},
}
