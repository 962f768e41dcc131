"""Assignments without a database: which place a post is held for, the event that tells of one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from shared.contracts.assignments import ASSIGNMENT_CHANGED
from shared.messaging.events import NewEvent

CLUSTER = "cluster"
HAMLET = "hamlet"


class Change(StrEnum):
    """What was done to an assignment."""

    ASSIGNED = "assigned"
    ENDED = "ended"
    CORRECTED = "corrected"
    HANDED_OVER = "handed_over"
    ROTATED = "rotated"
    REVIEWED = "reviewed"
    POST_RETIRED = "post_retired"
    REORGANISED = "reorganised"


def place_field(attached_to: str) -> str:
    """The field of the input that names the place of such a post: unit, cluster or hamlet."""
    return attached_to if attached_to in (CLUSTER, HAMLET) else "unit"


def assignment_changed(assignment: Any) -> NewEvent:
    """The event for an assignment as it now stands, from a model with what it refers to."""
    post, place = assignment.post, assignment.unit or assignment.cluster or assignment.hamlet
    data = {
        "assignment_id": assignment.id,
        "official_id": assignment.official.id,
        "full_name": assignment.official.full_name,
        "post": post.code,
        "post_name_vi": post.name_vi,
        "post_name_en": post.name_en,
        "attached_to": post.attached_to,
        "place_id": place.id,
        "place_name": place.name,
        "unit_path": assignment.territory.path,
        "hamlet_id": assignment.hamlet.id if assignment.hamlet else None,
        "valid_from": assignment.valid_from,
        "valid_to": assignment.valid_to,
        "legal_basis": assignment.legal_basis,
    }
    return NewEvent(ASSIGNMENT_CHANGED, str(assignment.id), assignment.version, data)


def assignment_told(row: Mapping[Any, Any]) -> NewEvent:
    """The same event from a row of `queries.TOLD`, for what is told by the thousand."""
    data = dict(row)
    return NewEvent(ASSIGNMENT_CHANGED, str(data["assignment_id"]), data.pop("version"), data)
