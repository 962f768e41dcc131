"""Which work follows its place when units are reorganised. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from services.visits.feedback.rules import State as FeedbackState
from services.visits.information.rules import State as InformationState
from services.visits.issues.rules import OPEN
from services.visits.visits.rules import State as VisitState


class Kind(StrEnum):
    """What follows. Everything else, and what of these is closed, stays with the unit of its time."""

    ISSUE = "issue"
    VISIT = "visit"
    FEEDBACK = "feedback"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Follower:
    """A table whose open rows follow. `path_columns`: for a path of that many codes the column an index has it in.
    `more`: what else changes. The history is the table where that stands, with the column of the record's id."""

    kind: Kind
    table: str
    open: tuple[str, ...]
    hamlets: bool
    path_columns: tuple[str, str, str]
    more: str
    history: tuple[str, str]


_UNIT_PATH = ("unit_path", "unit_path", "unit_path")

FOLLOWERS = (
    Follower(Kind.ISSUE, "issues", OPEN, True, ("path_1", "path_2", "path_3"), "", ("timeline", "issue_id")),
    Follower(
        Kind.VISIT,
        "visits",
        # One that took place is closed with feedback, which a commune of today has to receive.
        (VisitState.PLANNED, VisitState.CARRIED_OUT),
        True,
        _UNIT_PATH,
        ", sequence = it.sequence + 1, changed_at = CAST(:now AS timestamptz)",  # who goes must look again
        ("visit_moves", "visit_id"),
    ),
    Follower(
        Kind.FEEDBACK,
        "feedback",
        (FeedbackState.GIVEN, FeedbackState.ACCEPTED, FeedbackState.EXPLAINED, FeedbackState.REOPENED),
        False,
        _UNIT_PATH,
        "",
        ("feedback_moves", "feedback_id"),
    ),
    Follower(
        Kind.INFORMATION,
        "information_requests",
        (InformationState.OPEN,),
        False,
        _UNIT_PATH,
        "",
        ("information_moves", "subject_id"),
    ),
)

# What stands on a unit that began by a reorganisation and keeps it from being undone: table, what it is called.
RESTING = (
    ("issues", "issues"),
    ("visits", "visits"),
    ("feedback", "pieces of feedback"),
    ("information_requests", "information requests"),
    ("contributions", "contributions"),
    ("situation_reports", "reports"),
    ("ratings", "ratings"),
)
