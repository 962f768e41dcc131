"""Give other words, take earlier ones again, put out of use what fails."""

from collections.abc import Mapping

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from services.notifications.templates import queries
from services.notifications.templates.model import Template
from services.notifications.templates.rules import Key
from services.notifications.templates.trial import check_all
from shared import clock
from shared.errors import BadInput, Forbidden
from shared.web.auth import Principal

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('templates', 0))")


def open_template(session: Session, key: Key, who: Principal) -> Template | None:
    """The version in use, to be followed by another; nobody else gives one meanwhile. Raises Forbidden for who may
    not go everywhere: the words are the same everywhere."""
    if not who.covers(""):
        raise Forbidden("These words are used everywhere; your territory does not cover that.")
    session.execute(_LOCK)
    return queries.newest(session, key)


def give(
    session: Session, key: Key, before: Template | None, fields: Mapping[str, str], by: str, note: str | None
) -> Template:
    """Use these words from now on. Raises BadInput naming the field that has something wrong."""
    check_all(key, fields)
    return _add(session, key, before, dict(fields), by, note=note)


def restore(session: Session, key: Key, before: Template | None, number: int, by: str) -> Template:
    """Use the words of an earlier version again, 0 for the built-in ones. Raises BadInput naming `version`."""
    if number == 0:
        return _add(session, key, before, None, by, restored_from=0)
    earlier = session.get(Template, (*key, number))
    if earlier is None:
        raise BadInput("There is no such version.", field="version")
    if earlier.fields is not None:
        check_all(key, earlier.fields)
    return _add(session, key, before, earlier.fields, by, restored_from=number)


def put_out_of_use(session: Session, key: Key, version: int, reason: str) -> None:
    """It could not say something: the built-in words are used instead. Who says so first is believed."""
    event, channel, language = key
    session.execute(
        update(Template)
        .where(
            Template.event == event,
            Template.channel == channel,
            Template.language == language,
            Template.version == version,
            Template.broken_at.is_(None),
        )
        .values(broken_at=clock.now(), broken_reason=reason.replace("\x00", ""))
    )


def _add(
    session: Session,
    key: Key,
    before: Template | None,
    fields: dict[str, str] | None,
    by: str,
    *,
    note: str | None = None,
    restored_from: int | None = None,
) -> Template:
    event, channel, language = key
    added = Template(
        event=event,
        channel=channel,
        language=language,
        version=before.version + 1 if before else 1,
        fields=fields,
        note=note,
        restored_from=restored_from,
        changed_at=clock.now(),
        changed_by=by,
    )
    session.add(added)
    session.flush()
    return added
