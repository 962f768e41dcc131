"""Reads of retention."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.retention.model import RetentionRule
from shared.errors import NotFound


def rules(session: Session) -> Sequence[RetentionRule]:
    """All rules, one a kind."""
    return session.scalars(select(RetentionRule).order_by(RetentionRule.kind)).all()


def rule(session: Session, kind: str) -> RetentionRule:
    """The rule of a kind. Raises NotFound."""
    found = session.get(RetentionRule, kind)
    if found is None:
        raise NotFound()
    return found
