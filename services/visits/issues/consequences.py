"""What a move means for the clocks of an issue, and for when its reporter is forgotten."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.visits.deadlines import actions as deadlines
from services.visits.deadlines.rules import Target
from services.visits.issues.model import Issue, Reporter
from services.visits.issues.rules import ENDS_WAIT, Move

Consequence = Callable[[Session, Issue, datetime], None]


def follow(session: Session, issue: Issue, move: Move, at: datetime, *, waited: bool, was_closed: bool) -> None:
    """Do what follows from a move that was just made; `waited`, `was_closed`: as it was before."""
    session.flush()
    if waited and move in ENDS_WAIT:
        deadlines.resume(session, issue.id, at)
    for consequence in _CONSEQUENCES.get(move, ()):
        consequence(session, issue, at)
    if was_closed or issue.closed_at:
        forget_later = update(Reporter).where(Reporter.issue_id == issue.id).values(closed_at=issue.closed_at)
        session.execute(forget_later)


def _met(target: Target) -> Consequence:
    return lambda session, issue, at: deadlines.satisfy(session, issue.id, target, at)


def _moved_on(session: Session, issue: Issue, at: datetime) -> None:
    deadlines.moved(session, issue.id, at)


def _pause(session: Session, issue: Issue, at: datetime) -> None:
    deadlines.pause(session, issue.id, at, issue.waiting_for or "")


def _stop(session: Session, issue: Issue, at: datetime) -> None:
    deadlines.stop(session, issue.id, at)


def _rearm(session: Session, issue: Issue, at: datetime) -> None:
    deadlines.rearm(session, issue, at)


# Whoever takes it on has answered and accepted it; who asks for information has answered. A closed one waits for
# nothing.
_TAKEN_ON = (_met(Target.ACCEPTANCE), _moved_on)
_CONSEQUENCES: dict[Move, tuple[Consequence, ...]] = {
    Move.ACCEPT: _TAKEN_ON,
    Move.ASSIGN: _TAKEN_ON,
    Move.DISCUSS: _TAKEN_ON,
    Move.START: _TAKEN_ON,
    Move.DE_ESCALATE: _TAKEN_ON,
    Move.WAIT: (_met(Target.FIRST_RESPONSE), _pause),
    Move.RESOLVE: (_met(Target.RESOLUTION), _stop),
    Move.REJECT: (_met(Target.ACCEPTANCE), _stop),
    Move.MERGE: (_stop,),
    Move.REOPEN: (_rearm,),
}
