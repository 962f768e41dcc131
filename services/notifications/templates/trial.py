"""Words tried with the examples: what is wrong with them, and what a reader would see."""

import email
import re
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import default
from typing import Any

from services.notifications.grouping.compose import group_of, grouped_mail
from services.notifications.grouping.compose import values_of as values_of_group
from services.notifications.notices.compose import Letter, Sender, framed, line_of, values_of
from services.notifications.notices.rules import Kind, reasons_shown
from services.notifications.notices.saying import said
from services.notifications.notices.wording import Unfit, Wording, fill
from services.notifications.notifications.rules import Channel
from services.notifications.templates import rules, samples
from services.notifications.templates.making import compiled
from services.notifications.templates.rules import Event, Fault, Key
from shared.errors import BadInput

_SENDER = Sender("Cầu Nối", "cau-noi@caunoi.example")
_DAY = "02/03/2026"
_OBJECT = re.compile(r"'[\w.]+\.(\w+) object'")  # as Jinja names what is ours


def check_all(key: Key, fields: Mapping[str, str]) -> None:
    """Raises BadInput naming the field, with the fault's code and detail, unless the words say every example."""
    found = rules.check(key, fields)
    for sample in samples.SAMPLES:
        found = found or _fault(key, compiled(key, fields), sample)
    if found:
        message = rules.MESSAGES[found.code]
        if found.code not in ("slot", "link", "links"):  # these show braces
            message = message.format(found.detail)
        raise BadInput(message, field=f"fields.{found.field}", fault={"code": found.code, "detail": found.detail})


def shown(key: Key, fields: Mapping[str, str] | None, sample: str) -> dict[str, str]:
    """What a reader would see: `subject`, `text` and `html` of a mail, or the `text` on a phone. None: the built-in
    words. The fields were checked."""
    wording = compiled(key, fields) if fields is not None else None
    if key.channel is not Channel.EMAIL:
        line = line_of(said(Kind(key.event), samples.facts(key.event, sample), key.language), wording)
        return {"text": f"{line} {samples.LINK}"}
    message = email.message_from_bytes(_mail(key, wording, sample), policy=default)
    assert isinstance(message, EmailMessage)
    text, html = (part.get_content() for part in message.iter_parts())
    return {"subject": message["Subject"], "text": text, "html": html}


def _mail(key: Key, wording: Wording | None, sample: str) -> bytes:
    to = samples.addressee(key.event, sample)
    if key.event is not Event.GROUP:
        letter = Letter(samples.facts(key.event, sample), key.language, _SENDER, Kind(key.event), wording)
        return letter.addressed(to, samples.DATE)
    listed, links = samples.listed(sample)
    return grouped_mail(
        listed,
        full_name=to.full_name,
        address=to.address,
        language=key.language,
        links=links,
        sender=_SENDER,
        date=samples.DATE,
        wording=wording,
    )


def _fault(key: Key, wording: Wording, sample: str) -> Fault | None:
    """What goes wrong when each field says the example."""
    for field, say in _sayings(key, wording, sample).items():
        try:
            said_now = say()
        except Unfit:
            return Fault(field, _missed(key, field), "")
        except Exception as error:  # whatever a template can do wrong
            return Fault(field, "fails", _OBJECT.sub(r"\1", str(error))[:200])
        if not said_now.strip():
            return Fault(field, "empty", "")
    return None


def _missed(key: Key, field: str) -> str:
    """What words leave out that are unfit."""
    if key.event is Event.GROUP:
        return "links"
    return "link" if field.startswith("person") else "slot"


def _sayings(key: Key, wording: Wording, sample: str) -> dict[str, Callable[[], str]]:
    """What says each field."""
    if key.event is Event.GROUP:
        return _group_sayings(key, wording, sample)
    facts = samples.facts(key.event, sample)
    about = said(Kind(key.event), facts, key.language)
    if key.channel is not Channel.EMAIL:
        return {"text": lambda: line_of(about, wording)}
    values, to = values_of(about, key.language), samples.addressee(key.event, sample)
    reasons = reasons_shown(to.reasons, key.language)
    subject, html, in_text, in_html = _whole(wording)
    return {
        "subject": lambda: fill(subject, values),
        "text": lambda: framed(wording.text, values),
        "html": lambda: framed(html, values),
        "person_text": lambda: in_text(to.full_name, reasons, to.link),
        "person_html": lambda: in_html(to.full_name, reasons, to.link),
    }


def _group_sayings(key: Key, wording: Wording, sample: str) -> dict[str, Callable[[], str]]:
    listed, links = samples.listed(sample)
    name = samples.addressee(key.event, sample).full_name
    values = values_of_group(group_of(listed, key.language), name, links, key.language, _DAY)
    matters, html, subject = values["group"].matters, wording.html, wording.subject
    assert html and subject

    def linked(text: str) -> str:
        if matters and samples.LINK not in text:
            raise Unfit
        return text

    return {
        "subject": lambda: fill(subject, values),
        "text": lambda: linked(fill(wording.text, values)),
        "html": lambda: linked(fill(html, values)),
    }


def _whole(wording: Wording) -> tuple[Any, Any, Any, Any]:
    return wording.subject, wording.html, wording.person_text, wording.person_html
