"""Handing over one assignment, and rotating many."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment
from services.assignments.assignments.moving import Move, Plan, Terms, carry_out, plan
from services.assignments.assignments.rules import Change
from services.assignments.documents import queries as documents
from services.assignments.rotations.rules import MOVES_MAX, preview
from shared.errors import Conflict
from shared.web.auth import Principal


def hand_over(
    session: Session,
    who: Principal,
    assignment: Assignment,
    *,
    official: UUID,
    on: date,
    legal_basis: str,
    document: UUID | None,
    note: str | None,
    reason: str | None,
) -> dict[str, Any]:
    """End an assignment before a day and let another official hold it from that day on, who finds the note. Raises
    Conflict naming `on` or `official`."""
    paper = documents.named(session, document, who)
    terms = Terms(on, legal_basis, paper, Change.HANDED_OVER)
    made = plan(session, who, [Move(assignment.id, official, note, reason)], terms)
    for refusal in made.refusals:
        raise Conflict(refusal.message, field={"assignment": "on"}.get(refusal.field, refusal.field))
    [started] = carry_out(session, who, made)
    return {"ended": assignment, "started": started}


def rotate(
    session: Session,
    who: Principal,
    *,
    moves: list[dict[str, Any]],
    on: date,
    legal_basis: str,
    document: UUID | None,
    reason: str | None,
    dry_run: bool,
) -> dict[str, Any]:
    """End and start many assignments on one day, all or none; a dry run only says what would happen. Raises
    NotFound naming `moves.N.assignment`, and unless it is a dry run Conflict naming every move that cannot be."""
    terms = Terms(on, legal_basis, documents.named(session, document, who), Change.ROTATED)
    wanted = [Move(each["assignment"], each["official"], each["note"], reason) for each in moves]
    made = plan(session, who, wanted, terms)
    said = preview(made)
    if dry_run:
        return said | {"dry_run": True}
    check_refusals(made)
    for shown, started in zip(said["starts"], carry_out(session, who, made), strict=True):
        shown["id"] = started.id
    return said | {"dry_run": False}


def check_refusals(made: Plan, within: str = "moves") -> None:
    """Raises Conflict naming the moves that cannot be made, as many as one rotation may hold."""
    errors: dict[str, list[str]] = {}
    for refusal in made.refusals[:MOVES_MAX]:
        errors.setdefault(f"{within}.{refusal.move}.{refusal.field}", []).append(refusal.message)
    if errors:
        raise Conflict("Nothing was changed: some moves cannot be made; see errors.", errors=errors)
