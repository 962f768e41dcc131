"""Words as the API shows them."""

from typing import Any

from sqlalchemy.orm import Session

from services.notifications.notices.rules import LANGUAGES
from services.notifications.templates import queries, rules
from services.notifications.templates.making import built_in_fields
from services.notifications.templates.model import Template
from services.notifications.templates.rules import InUse, Key

_WHEN = ("changed_at", "changed_by", "broken_at", "broken_reason")


def summaries(session: Session) -> list[dict[str, Any]]:
    """What may be worded, and how it stands."""
    newest = {queries.key_of(row): row for row in queries.in_use(session)}
    return [_summary(key, newest.get(key)) for key in rules.keys(LANGUAGES)]


def whole(key: Key, newest: Template | None) -> dict[str, Any]:
    """One of them, field by field: what somebody starts from who wants other words."""
    built_in = built_in_fields(key)
    given = newest.fields if newest and newest.fields else built_in
    fields = [
        {
            "name": name,
            "source": given[name],
            "built_in": built_in[name],
            "values": rules.values_of(key, name),
        }
        for name in rules.fields_of(key.event, key.channel)
    ]
    return _summary(key, newest) | {"fields_": fields}


def fields_in_use(newest: Template | None) -> dict[str, str] | None:
    """None: the built-in ones."""
    return newest.fields if newest and newest.fields and not newest.broken_at else None


def _summary(key: Key, newest: Any) -> dict[str, Any]:
    when = {name: getattr(newest, name) if newest else None for name in _WHEN}
    return key._asdict() | {"version": newest.version if newest else 0, "in_use": _state(newest)} | when


def _state(newest: Any) -> InUse:
    if newest is None or newest.fields is None:
        return InUse.BUILT_IN
    return InUse.BROKEN if newest.broken_at else InUse.GIVEN
