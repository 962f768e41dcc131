"""Reads of given words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.notices.rules import LANGUAGES
from services.notifications.notifications.rules import Channel
from services.notifications.templates.model import Template
from services.notifications.templates.rules import Event, Key, fields_of
from shared.errors import NotFound
from shared.prepared import Prepared

_IN_USE = Prepared(
    "SELECT DISTINCT ON (event, channel, language) * FROM templates ORDER BY event, channel, language, version DESC"
)


def in_use(session: Session) -> list[Any]:
    """The newest version of each that was ever given, in order."""
    return _IN_USE.named(session, {})


def key_of(row: Any) -> Key:
    """Which words a row holds."""
    return Key(Event(row.event), Channel(row.channel), row.language)


def known(event: str, channel: str, language: str) -> Key:
    """The key of these words. Raises NotFound if there is nothing to be worded."""
    if not fields_of(event, channel) or language not in LANGUAGES:
        raise NotFound()
    return Key(Event(event), Channel(channel), language)


def newest(session: Session, key: Key) -> Template | None:
    """The version in use, if any was ever given."""
    return session.scalars(_of(key).limit(1)).first()


def versions(session: Session, key: Key) -> Sequence[Template]:
    """All of them, the newest first."""
    return session.scalars(_of(key)).all()


def version(session: Session, key: Key, number: int) -> Template:
    """One of them. Raises NotFound."""
    found = session.get(Template, (*key, number))
    if found is None:
        raise NotFound()
    return found


def _of(key: Key) -> Any:
    return (
        select(Template)
        .where(Template.event == key.event, Template.channel == key.channel, Template.language == key.language)
        .order_by(Template.version.desc())
    )
