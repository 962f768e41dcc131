"""Setting the steps of the ladder."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.visits.escalations.model import EscalationStep
from services.visits.escalations.waiting import forget
from shared.errors import Forbidden, RuleBroken
from shared.web.auth import Principal


def put_step(session: Session, step: int, given: dict[str, Any], who: Principal) -> EscalationStep:
    """Set a step, or add the one after the last; `given` is what StepInput loads. Raises RuleBroken for a gap,
    Forbidden for a client whose territory is not everything: the ladder is one for all places.

    Who is told at it is said by the posts of the assignments service. Times that run already stay as they are."""
    if not who.covers(""):
        raise Forbidden("The ladder holds everywhere; your territory does not.")
    last = session.scalar(select(func.max(EscalationStep.step))) or 0
    if step > last + 1:
        raise RuleBroken(f"The last step is {last}; the next one is {last + 1}.", step=last)
    made = session.merge(EscalationStep(step=step, **given))
    session.flush()
    forget(session)
    return made
