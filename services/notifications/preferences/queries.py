"""Reads of preferences and of what holds for everybody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.contacts.model import Contact
from services.notifications.preferences.model import Preference, TellingRule, TellingSettings
from services.notifications.preferences.rules import Rule
from shared.errors import NotFound
from shared.web.auth import Principal


def preference(session: Session, official_id: UUID, who: Principal) -> Preference:
    """What an official wishes; the defaults if there is no row. Raises NotFound as `check_known` does."""
    check_known(session, official_id, who)
    return session.get(Preference, official_id, populate_existing=True) or Preference.default(official_id)


def check_known(session: Session, official_id: UUID, who: Principal) -> None:
    """Raises NotFound for whoever may not see an official's wishes: they belong to no place, so only the official
    and whose territory is everything may; and for an official nobody has heard of."""
    known = who.official == official_id or (who.covers("") and session.get(Contact, official_id) is not None)
    if not known:
        raise NotFound()


def rules(session: Session) -> Sequence[TellingRule]:
    """All rules, in the order of their keys."""
    return session.scalars(select(TellingRule).order_by(TellingRule.kind, TellingRule.detail)).all()


def rules_of(session: Session, kind: str) -> dict[str, Rule]:
    """What holds for notices of a kind, by detail."""
    found = session.scalars(
        select(TellingRule).where(TellingRule.kind == kind).execution_options(populate_existing=True)
    )
    return {each.detail: each.rule for each in found}


def rule(session: Session, kind: str, detail: str) -> TellingRule:
    """One rule. Raises NotFound."""
    found = session.get(TellingRule, (kind, detail))
    if found is None:
        raise NotFound()
    return found


def settings(session: Session) -> TellingSettings:
    """What holds for all telling."""
    return session.get_one(TellingSettings, 1, populate_existing=True)
