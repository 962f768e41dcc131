"""The mailbox's messages: a Maildir on disk, and an index of it in memory."""

import bisect
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path
from threading import Lock
from typing import cast

from shared.ids import uuid7

_HEADER_BYTES = 32 * 1024
_ID = re.compile(r"[0-9a-f]{32}")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the list shows of one message. Ids sort by time of arrival."""

    id: str
    received_at: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str


class Store:
    """Messages stay in `new/`, under their id. Adding is safe from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._adding = Lock()
        found = sorted(path for path in (folder / "new").iterdir() if _ID.fullmatch(path.name))
        self._entries = [self._index(path) for path in found]

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, content: bytes, sender: str, recipients: Sequence[str]) -> Entry:
        """Keep a message for good: on return it is on the disk."""
        name = uuid7().hex
        arrived = datetime.now(UTC).isoformat(timespec="milliseconds")
        envelope = [f"Return-Path: <{sender}>", f"X-Received-At: {arrived}"]
        envelope += [f"Delivered-To: {recipient}" for recipient in recipients]
        draft, path = self._folder / "tmp" / name, self._folder / "new" / name
        with draft.open("xb") as file:
            file.write("\r\n".join([*envelope, ""]).encode() + content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        _sync_folder(path.parent)
        entry = self._index(path)
        with self._adding:
            bisect.insort(self._entries, entry, key=lambda each: each.id)
        return entry

    def page(self, to: str = "", before: str = "", limit: int = 50) -> tuple[list[Entry], str | None]:
        """Up to `limit` entries, newest first, whose recipients contain `to`; and the cursor of the next."""
        wanted = to.strip().casefold()
        end = bisect.bisect_left(self._entries, before, key=lambda each: each.id) if before else len(self)
        found: list[Entry] = []
        for entry in reversed(self._entries[:end]):
            if not wanted or any(wanted in each.casefold() for each in entry.recipients):
                if len(found) == limit:
                    return found, found[-1].id
                found.append(entry)
        return found, None

    def find(self, name: str) -> Entry | None:
        """The entry of an id, or None."""
        at = bisect.bisect_left(self._entries, name, key=lambda each: each.id)
        if at < len(self._entries) and self._entries[at].id == name:
            return self._entries[at]
        return None

    def content(self, entry: Entry) -> bytes:
        """The message as it was received, envelope headers first."""
        return (self._folder / "new" / entry.id).read_bytes()

    def message(self, entry: Entry) -> EmailMessage:
        """The parsed message."""
        return BytesParser(policy=policy.default).parsebytes(self.content(entry))

    def _index(self, path: Path) -> Entry:
        with path.open("rb") as file:
            head = BytesHeaderParser(policy=policy.compat32).parsebytes(file.read(_HEADER_BYTES))
        parsed = policy.default

        def text(name: str) -> str:
            raw = head.get(name)
            value = "" if raw is None else str(parsed.header_fetch_parse(name, str(raw)))
            return _SPACES.sub(" ", value).strip()

        return Entry(
            id=path.name,
            received_at=str(head.get("X-Received-At", "")),
            sender=text("From"),
            recipients=tuple(str(each) for each in head.get_all("Delivered-To", [])),
            subject=text("Subject"),
            message_id=str(head.get("Message-ID", "")).strip(),
        )


def part(message: EmailMessage, kind: str) -> str | None:
    """The text (`plain` or `html`) of a message, or None."""
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return None
    try:
        return str(body.get_content()).replace("\r\n", "\n")
    except (LookupError, ValueError):  # an unknown charset
        return cast(bytes, body.get_payload(decode=True) or b"").decode(errors="replace")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
