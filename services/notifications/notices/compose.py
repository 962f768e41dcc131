"""The mail of a notice: rendered once per language, then addressed to each reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from services.notifications.notices import rules
from services.notifications.notices.mime import SLOT, Frame, header_text, mailbox

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


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

    `payload` is the data of escalation.routed, as loaded from the event or as kept in the notice.
    """

    def __init__(self, payload: dict[str, Any], language: str, sender: Sender) -> None:
        self._language = language
        self._domain = sender.domain.encode()
        issue = rules.issue_shown(payload, language)
        values = {
            "language": language,
            "issue": issue,
            "told": rules.told_shown(payload, language),
            "vacancies": rules.vacancies_shown(payload, language),
            "slot": SLOT,
        }
        self._text = Frame(_template(language, "txt").render(values))
        self._html = Frame(_template(language, "html").render(values))
        self._boundary = f"=_{payload['escalation_id']}"
        self._headers = self._shared_headers(payload, issue, sender)
        self._text_head, self._html_head, self._end = self._part_heads()

    def _shared_headers(self, payload: dict[str, Any], issue: rules.Issue, sender: Sender) -> bytes:
        lines = [
            f"Subject: {header_text(rules.subject(issue))}",
            f"From: {mailbox(sender.name, sender.address).decode()}",
            # All mail about one issue forms one thread.
            f"References: <issue-{payload['issue']['id']}@{sender.domain}>",
            "Auto-Submitted: auto-generated",
            f"Content-Language: {self._language}",
            *(["Importance: high"] if issue.severity == "critical" else []),
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
        return b"".join(
            (
                b"To: ",
                mailbox(name, to.address),
                b"\r\nMessage-ID: <",
                str(to.notification_id).encode(),
                b"@",
                self._domain,
                b">\r\nDate: ",
                _date(date.replace(microsecond=0)),
                b"\r\n",
                self._headers,
                self._text_head,
                self._text.filled(_person(self._language, "txt")(name, reasons, to.link)),
                self._html_head,
                self._html.filled(_person(self._language, "html")(name, reasons, to.link)),
                self._end,
            )
        )


@lru_cache
def _template(language: str, extension: str) -> Template:
    return _templates.get_template(f"escalated.{language}.{extension}")


@lru_cache
def _person(language: str, extension: str) -> Callable[[str, list[rules.Reason], str], str]:
    """The personal part; a macro, because rendering a template for each reader costs several times as much."""
    return _templates.get_template(f"person.{language}.{extension}").module.person  # type: ignore[attr-defined]


@lru_cache(maxsize=4)
def _date(moment: datetime) -> bytes:
    return format_datetime(moment).encode()
