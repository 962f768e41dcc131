"""From the fields of a version to words that are ready for use, and the built-in ones as fields."""

from collections.abc import Mapping

from services.notifications.grouping.compose import TEMPLATE
from services.notifications.notices.rules import Kind
from services.notifications.notices.saying import FILES
from services.notifications.notices.wording import Wording, given, line, source_of
from services.notifications.notifications.rules import Channel
from services.notifications.templates.rules import Event, Key


def compiled(key: Key, fields: Mapping[str, str]) -> Wording:
    """Given words, ready for use. Raises TemplateSyntaxError."""
    if key.channel is not Channel.EMAIL:
        return line(fields["text"])
    return given(*_files(key.event), key.language, fields)


def built_in_fields(key: Key) -> dict[str, str]:
    """The built-in words as somebody would write them who wants others."""
    if key.channel is not Channel.EMAIL:
        return {"text": "{{ subject }}"}
    return source_of(*_files(key.event), key.language)


def _files(event: Event) -> tuple[str, str | None]:
    return (TEMPLATE, None) if event is Event.GROUP else FILES[Kind(event)]
