"""Reorganisations from the command line: who does them, and the undoing, which waits for an answer."""

import time
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.assignments.reorganisations.actions import ask_to_undo
from services.assignments.reorganisations.doing import Progress
from services.assignments.reorganisations.queries import one
from services.assignments.reorganisations.rules import State
from services.assignments.reorganisations.undoing import undo
from shared.contracts.scopes import SCOPES
from shared.web.auth import Principal

WRITER = Principal("caunoi-reorganise", frozenset(SCOPES), ("",))


def undone(
    sessions: sessionmaker[Session],
    plan_id: UUID,
    who: Principal,
    reason: str,
    step: Progress,
    *,
    seconds: float,
) -> str | None:
    """Ask, wait for the answer of the visits service, and undo; None, or why that cannot be. Raises NotFound,
    RuleBroken."""
    with sessions.begin() as session:
        ask_to_undo(session, one(session, plan_id, who, lock=True), who, reason)
    step("asking the visits service")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with sessions.begin() as session:
            made = one(session, plan_id, who, lock=True)
            if made.state == State.UNDO_READY:
                undo(session, made, who, step)
                return None
            if made.state == State.APPLIED:
                return f"It can no longer be undone: {made.refusal}"
        time.sleep(0.2)
    return f"No answer of the visits service in {seconds:.0f} s: is the system running? Nothing was undone."
