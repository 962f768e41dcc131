"""Changing what a post is charged with and what its holders follow, and noting that a mandate was studied."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment
from services.assignments.mandates.model import MandateReading, PostCharge, PostScope
from services.assignments.officials.queries import check_acting_for
from services.assignments.posts.actions import check_everywhere
from shared import clock
from shared.web.auth import Principal


def set_text(
    session: Session, who: Principal, row: PostCharge | PostScope, given: dict[str, Any]
) -> PostCharge | PostScope:
    """Set a duty, a power or the scope of a post, for everybody who holds it. Raises Forbidden for a client whose
    territory is not the whole country: the mandate of a post holds everywhere."""
    check_everywhere(who)
    for name, value in given.items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    session.flush()
    return row


def note_studied(session: Session, assignment: Assignment, who: Principal) -> None:
    """Note that the holder has studied the mandate; the first time counts. Raises Forbidden for who is neither the
    holder nor may act for others."""
    check_acting_for(who, assignment.official_id)
    row = {"assignment_id": assignment.id, "read_at": clock.now(), "recorded_by": who.client_id}
    session.execute(insert(MandateReading).values(row).on_conflict_do_nothing())
