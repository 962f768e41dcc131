"""Wishing, and setting what holds whatever anybody wishes."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.preferences.model import Preference, TellingRule, TellingSettings
from services.notifications.preferences.queries import check_known
from services.notifications.preferences.rules import ANY, fault
from shared.errors import BadInput, Conflict, Forbidden, NotFound
from shared.web.auth import Principal

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def open_preference(session: Session, official_id: UUID, who: Principal) -> Preference:
    """An official's wishes to be changed, locked; of version 0 if there are none yet. Raises NotFound for a
    stranger (as reading does), Forbidden for who may read and not write."""
    check_known(session, official_id, who)
    if who.official != official_id and not who.may("notifications:write"):
        raise Forbidden("These are another official's: this needs the scope notifications:write.")
    return _opened(session, official_id)


def _opened(session: Session, official_id: UUID) -> Preference:
    session.execute(_LOCK, {"name": f"preferences/{official_id}"})
    return session.get(Preference, official_id, populate_existing=True) or Preference.default(official_id)


def set_preference(session: Session, preference: Preference, given: dict[str, Any], by: str) -> Preference:
    """Wish something else; `given` is what PreferencesInput loads. Raises BadInput naming the field under which
    nobody could ever be reached."""
    # To JSON and back: times and days become the text in which wishes are kept.
    wishes = orjson.loads(orjson.dumps({name: value for name, value in given.items() if name != "language"}))
    if found := fault(wishes):
        raise BadInput(found[1], field=found[0])
    preference.change(wishes, given["language"], by)
    session.add(preference)
    session.flush()
    return preference


def unsubscribe(session: Session, official_id: UUID, by: str) -> bool:
    """Send no digest of optional notices any more; False if that was so. What is mandatory goes on."""
    preference = _opened(session, official_id)
    if not preference.wishes["optional_digest"]:
        return False
    preference.change(preference.wishes | {"optional_digest": False}, preference.language, by)
    session.add(preference)
    session.flush()
    return True


def open_rule(session: Session, kind: str, detail: str, who: Principal) -> TellingRule:
    """A rule to be changed, locked; a new one is of version 0. Raises as `open_settings` does, NotFound for what
    can be no rule."""
    _check(who)
    if not detail.isascii() or not detail.replace("_", "a").isalnum() or len(detail) > 60:
        raise NotFound()
    session.execute(_LOCK, {"name": "telling_rules"})
    return session.get(TellingRule, (kind, detail), populate_existing=True) or TellingRule.of(kind, detail)


def set_rule(session: Session, rule: TellingRule, given: dict[str, Any]) -> TellingRule:
    """Change or add a rule; `given` is what TellingRuleInput loads."""
    for name, value in given.items():
        setattr(rule, name, value)
    rule.version += 1
    session.add(rule)
    session.flush()
    return rule


def drop_rule(session: Session, rule: TellingRule) -> None:
    """Have a kind's general rule hold again. Raises NotFound, Conflict for the general rule itself."""
    if rule.version == 0:
        raise NotFound()
    if rule.detail == ANY:
        raise Conflict("This rule holds for everything that has none of its own; change it instead.")
    session.delete(rule)


def open_settings(session: Session, who: Principal) -> TellingSettings:
    """The settings to be changed, locked. Raises Forbidden for a client whose territory is not everything: they
    hold everywhere."""
    _check(who)
    return session.get_one(TellingSettings, 1, populate_existing=True, with_for_update=True)


def set_settings(session: Session, settings: TellingSettings, given: dict[str, Any]) -> TellingSettings:
    """Change them; `given` is what TellingSettingsInput loads."""
    for name, value in given.items():
        setattr(settings, name, value)
    settings.version += 1
    session.flush()
    return settings


def _check(who: Principal) -> None:
    if not who.covers(""):
        raise Forbidden("These rules hold everywhere; your territory does not.")
