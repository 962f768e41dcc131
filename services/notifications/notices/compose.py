"""The mail of a notice: rendered once per language, then addressed to each reader."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from jinja2 import Template

from services.notifications.notices import rules
from services.notifications.notices.mime import SLOT, Frame, header_text, mailbox
from services.notifications.notices.saying import FILES, Said
from services.notifications.notices.saying import said as said_of
from services.notifications.notices.wording import Unfit, Wording, built_in, fill

SHORT = 130  # letters; with a link that makes three parts of an SMS


class Addressee(NamedTuple):
    """Who gets a mail: `address` is a checked address, `reasons` are those of the routing event."""

    notification_id: UUID
    full_name: str
    address: str
    reasons: list[dict[str, Any]]
    link: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the mail comes from; its domain also ends the Message-ID."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]


class Letter:
    """The mail of one notice in one language, ready to be addressed.

    `facts` is the data of the event, as loaded from it or as kept in the notice. Given words may fail to say some
    facts: then this, or addressing, raises whatever Jinja does.
    """

    def __init__(
        self,
        facts: dict[str, Any],
        language: str,
        sender: Sender,
        kind: rules.Kind = rules.Kind.ESCALATION,
        wording: Wording | None = None,
    ) -> None:
        said = said_of(kind, facts, language)
        self._language = language
        self._wording = wording or built_in(*FILES[kind], language)
        self._domain = sender.domain.encode()
        values = values_of(said, language)
        assert self._wording.html
        self._text = Frame(framed(self._wording.text, values))
        self._html = Frame(framed(self._wording.html, values))
        if self._wording.subject:
            said = said._replace(subject=rules.one_line(fill(self._wording.subject, values)))
        self._boundary = f"=_{said.id}"
        self._headers = self._shared_headers(said, sender)
        self._text_head, self._html_head, self._end = self._part_heads()

    def _shared_headers(self, said: Said, sender: Sender) -> bytes:
        lines = [
            f"Subject: {header_text(said.subject)}",
            f"From: {mailbox(sender.name, sender.address).decode()}",
            # All mail about one issue forms one thread.
            f"References: <{said.thread}@{sender.domain}>",
            "Auto-Submitted: auto-generated",
            f"Content-Language: {self._language}",
            *(["Importance: high"] if said.important else []),
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative; boundary="{self._boundary}"',
        ]
        return "".join(f"{line}\r\n" for line in lines).encode()

    def _part_heads(self) -> tuple[bytes, bytes, bytes]:
        def head(subtype: str) -> bytes:
            return (
                f"\r\n--{self._boundary}\r\n"
                f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
                "Content-Transfer-Encoding: base64\r\n\r\n"
            ).encode()

        return head("plain"), head("html"), f"\r\n--{self._boundary}--\r\n".encode()

    def addressed(self, to: Addressee, date: datetime) -> bytes:
        """The mail to one reader: RFC 5322 bytes, 7 bit, CRLF. The Message-ID stays the same for every attempt."""
        name = rules.one_line(to.full_name)
        reasons = rules.reasons_shown(to.reasons, self._language)
        person_text, person_html = self._wording.person_text, self._wording.person_html
        assert person_text and person_html
        return b"".join(
            (
                b"To: ",
                mailbox(name, to.address),
                b"\r\nMessage-ID: <",
                str(to.notification_id).encode(),
                b"@",
                self._domain,
                b">\r\nDate: ",
                mail_date(date.replace(microsecond=0)),
                b"\r\n",
                self._headers,
                self._text_head,
                self._text.filled(person_text(name, reasons, to.link)),
                self._html_head,
                self._html.filled(person_html(name, reasons, to.link)),
                self._end,
            )
        )


def values_of(said: Said, language: str) -> dict[str, Any]:
    """What the templates of a mail may show to all its readers."""
    return said.values | {"language": language, "slot": SLOT, "subject": said.subject}


def framed(template: Template, values: dict[str, Any]) -> str:
    """What a template makes of values: a text with one slot. Raises Unfit."""
    text = fill(template, values)
    if text.count(SLOT) != 1:
        raise Unfit("the part for each reader does not stand there exactly once")
    return text


def line_of(said: Said, wording: Wording | None = None) -> str:
    """What a notice says in the one line that a phone shows; a link follows."""
    line, tail = said.subject, said.ending
    if wording:
        line, tail = rules.one_line(fill(wording.text, said.values | {"subject": line})), ""
    if len(line) <= SHORT:
        return line
    head = line[: max(SHORT - 1 - len(tail), 0)].rstrip()
    return f"{head}…{tail}"[:SHORT]


@lru_cache(maxsize=4)
def mail_date(moment: datetime) -> bytes:
    """The value of the header Date."""
    return format_datetime(moment).encode()
