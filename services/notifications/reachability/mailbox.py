"""The mailbox that bounces come back to, read over IMAP."""

import imaplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from services.notifications.reachability.dsn import read_dsn
from services.notifications.reachability.rules import Bounce
from shared import logs

log = logs.get_logger()

POLL_EVERY = 60.0  # seconds
SIZE_LIMIT = 1024 * 1024  # bytes of one mail; a delivery report is some kilobytes
AT_ONCE = 50  # mails noted together
TROUBLE = (OSError, imaplib.IMAP4.error)


@dataclass(frozen=True)
class Mailbox:
    """An IMAP server, the login, and the folder."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str
    password: str
    folder: str
    ca_file: str | None = None

    @property
    def name(self) -> str:
        """What logs and alarms call it; never with the password."""
        return f"{self.host}:{self.port}"


def imap_url(raw: str) -> Mailbox:
    """Parse imaps://user:password@host/FOLDER or imap://…?starttls=1; `ca=FILE` names another authority. Raises
    ValueError, also for a password that would cross a network unencrypted."""
    parts = urlsplit(raw)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise ValueError("expected imaps://user:password@host/FOLDER")
    if unknown := options.keys() - {"starttls", "ca"}:
        raise ValueError(f"unknown option {min(unknown)}; known are starttls and ca")
    tls, starttls = parts.scheme == "imaps", options.get("starttls") == "1"
    if not (tls or starttls) and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("a password needs imaps:// or starttls=1")
    return Mailbox(
        host=parts.hostname,
        port=parts.port or (993 if tls else 143),
        tls=tls,
        starttls=starttls,
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        ca_file=options.get("ca"),
    )


class BounceReader:
    """Reads what is unseen and gives it to `note`; marked as seen only when that has committed. A mail read twice
    is noted once, so a crash in between does no harm."""

    def __init__(self, mailbox: Mailbox, note: Callable[[list[Bounce]], None], *, timeout: float) -> None:
        self._mailbox = mailbox
        self._note = note
        self._timeout = timeout
        self._next = 0.0
        self.trouble = ""

    def poll_due(self) -> bool:
        """Look into the mailbox, if it is time, and say so; trouble with it is kept for the operator."""
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + POLL_EVERY
        try:
            self.poll()
            self.trouble = ""
        except TROUBLE as error:
            self.trouble = str(error) or type(error).__name__
            log.warning("bounce_mailbox_trouble", mailbox=self._mailbox.name, error=self.trouble)
        return True

    def poll(self) -> int:
        """Read everything unseen; returns how many mails. Raises OSError or imaplib's error."""
        with self._open() as imap:
            _, found = imap.uid("SEARCH", "UNSEEN")
            uids = (found[0] or b"").split()
            for start in range(0, len(uids), AT_ONCE):
                some = uids[start : start + AT_ONCE]
                self._note([bounce for uid in some for bounce in self._read(imap, uid)])
                imap.uid("STORE", b",".join(some).decode(), "+FLAGS.SILENT", r"(\Seen)")
        return len(uids)

    def _read(self, imap: imaplib.IMAP4, uid: bytes) -> list[Bounce]:
        _, data = imap.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{SIZE_LIMIT}>)")
        raw = next((part[1] for part in data if isinstance(part, tuple)), b"")
        try:
            # Whoever can write to the mailbox may claim anything; our Message-ID is known to who got the mail.
            return [each for each in read_dsn(raw) if each.notification_id]
        except Exception as error:
            log.warning("bounce_not_read", uid=uid.decode(), error=repr(error))
            return []

    @contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        box = self._mailbox
        context = ssl.create_default_context(cafile=box.ca_file)
        imap: imaplib.IMAP4
        if box.tls:
            imap = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=self._timeout)
        else:
            imap = imaplib.IMAP4(box.host, box.port, timeout=self._timeout)
        try:
            if box.starttls:
                imap.starttls(context)
            imap.login(box.user, box.password)
            status, answer = imap.select(f'"{box.folder}"')
            if status != "OK":
                raise imaplib.IMAP4.error(f"no folder {box.folder}: {answer}")
            yield imap
        finally:
            try:
                imap.logout()
            except TROUBLE:
                imap.shutdown()
