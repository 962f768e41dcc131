"""Making one issue of two, and saying what counts as similar."""

from typing import Any

from sqlalchemy.orm import Session

from services.visits.duplicates.model import Merge, SimilarityRule
from services.visits.duplicates.queries import rule
from services.visits.issues.actions import move
from services.visits.issues.model import Issue
from services.visits.issues.rules import Move
from shared.web.auth import Principal

EVERYWHERE = ""  # the rule holds in every province, so only a token for all of them changes it


def merge(session: Session, issue: Issue, into: Issue, given: dict[str, Any], who: Principal) -> Merge:
    """Let a locked issue go on in another, locked one, which gets its watchers and links; `given`: MergeInput.

    Raises RuleBroken where the issue is closed already, BadInput naming `into` where the other is: so nothing goes
    round in a circle."""
    more = {"official": given["official"], "reason": given["reason"]}
    move(session, str(issue.id), who, Move.MERGE, into=into.id, **more)
    session.flush()
    return session.get_one(Merge, issue.id)


def set_rule(session: Session, given: dict[str, Any], who: Principal) -> SimilarityRule:
    """Say what counts as similar; `given` is what SimilarityRuleInput loads. Raises Forbidden."""
    who.check(EVERYWHERE)
    found = rule(session)
    for name, value in given.items():
        setattr(found, name, value)
    session.flush()
    return found
