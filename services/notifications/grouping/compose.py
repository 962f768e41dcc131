"""The mail of several notifications of one person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.notifications.grouping import rules
from services.notifications.grouping.rules import Group
from services.notifications.notices.compose import Sender, mail_date
from services.notifications.notices.mime import Frame, header_text, mailbox
from services.notifications.notices.rules import ASKING, Kind, one_line
from services.notifications.notices.wording import Wording, built_in, fill
from shared import clock

TEMPLATE = "grouped"


class Listed(NamedTuple):
    """A notification to list: what its notice says, why this person is told, where they acknowledge it."""

    id: UUID
    kind: str
    facts: dict[str, Any]
    reasons: list[dict[str, Any]]
    link: str


class Links(NamedTuple):
    """The links of the whole mail; `unsubscribe` for what its reader may do without."""

    acknowledge_all: str
    unsubscribe: str | None


def grouped_mail(
    listed: Sequence[Listed],
    *,
    full_name: str,
    address: str,
    language: str,
    links: Links,
    sender: Sender,
    date: datetime,
    wording: Wording | None = None,
) -> bytes:
    """The mail to one reader: RFC 5322 bytes, 7 bit, CRLF. The Message-ID stays the same for every attempt. Raises
    whatever Jinja does if given words cannot say it."""
    wording = wording or built_in(TEMPLATE, None, language)
    group = group_of(listed, language)
    mail_id = rules.message_id([each.id for each in listed])
    name = one_line(full_name)
    values = values_of(group, name, links, language, clock.local_date(date).strftime("%d/%m/%Y"))
    line = one_line(fill(wording.subject, values)) if wording.subject else values["subject"]
    boundary = f"=_{mail_id}"
    headers = [
        f"To: {mailbox(name, address).decode()}",
        f"Message-ID: <{mail_id}@{sender.domain}>",
        f"Date: {mail_date(date.replace(microsecond=0)).decode()}",
        f"Subject: {header_text(line)}",
        f"From: {mailbox(sender.name, sender.address).decode()}",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {language}",
        *(["Importance: high"] if group.critical else []),
        *(_unsubscribe_headers(links.unsubscribe) if links.unsubscribe else []),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    parts = [("\r\n".join(headers) + "\r\n").encode()]
    for subtype, template in (("plain", wording.text), ("html", wording.html)):
        assert template
        head = (
            f'\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
        )
        parts += [head.encode(), Frame(fill(template, values)).filled("")]
    return b"".join([*parts, f"\r\n--{boundary}--\r\n".encode()])


def values_of(group: Group, name: str, links: Links, language: str, day: str) -> dict[str, Any]:
    """What its templates may show."""
    line = rules.subject(group, language, day)
    return {"language": language, "title": line, "group": group, "name": name, "links": links, "subject": line}


def _unsubscribe_headers(link: str) -> list[str]:
    """RFC 8058, 3.1: the address, and the word that a POST to it is enough."""
    return [f"List-Unsubscribe: <{link}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def group_of(listed: Sequence[Listed], language: str) -> Group:
    """What one message lists, the gravest first."""
    made = Group([], [])
    for each in sorted(listed, key=lambda each: rules.order(each.kind, each.facts)):
        if each.kind in ASKING:
            made.matters.append(rules.matter(each.facts, each.reasons, each.link, language))
        elif each.kind == Kind.DIRECTIVE:
            made.notes.append(rules.directed(each.facts, each.link))
        else:
            made.notes.append(rules.note(each.facts, language))
    return made
