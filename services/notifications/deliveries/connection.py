"""One SMTP connection: opened, encrypted and logged in by smtplib, then spoken over without its waiting.

smtplib awaits an answer after every command; a server that offers PIPELINING (RFC 2920) needs no such pause.
"""

import smtplib
import socket
import time
from contextlib import suppress

from services.notifications.deliveries.provider import Provider
from services.notifications.deliveries.rules import ProviderTrouble

_LONGEST_REPLY = 64 * 1024


class Lost(Exception):
    """The connection broke, fell silent, or the server is closing it."""


class Connection:
    """An open connection. `proven` once the server has answered an envelope on it."""

    def __init__(self, smtp: smtplib.SMTP, timeout: float) -> None:
        assert smtp.sock is not None
        self._smtp, self._socket, self._timeout = smtp, smtp.sock, timeout
        # Without this the tail of each message waits until the packets before it are acknowledged.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(timeout)
        self._heard = b""
        self._unsaid: list[bytes] = []
        self.pipelining = smtp.has_extn("pipelining")
        self.smtputf8 = smtp.has_extn("smtputf8")
        self.proven = False
        self.used_at = time.monotonic()

    def say(self, *words: bytes) -> None:
        """Write all at once to a pipelining server, else each word when the one before is answered."""
        self._unsaid += words
        if self.pipelining and self._unsaid:
            self._write(b"".join(self._unsaid))
            self._unsaid.clear()

    def unsay(self) -> None:
        """Drop what was not written yet."""
        self._unsaid.clear()

    def hear(self) -> tuple[int, str]:
        """The next reply, its lines joined. Raises Lost, also when it is not complete in time."""
        if self._unsaid:
            self._write(self._unsaid.pop(0))
        deadline = time.monotonic() + self._timeout
        lines = []
        while True:
            line = self._line(deadline)
            lines.append(line[4:].strip().decode("utf-8", "replace"))
            if line[3:4] != b"-":
                break
        if not line[:3].isdigit():
            raise Lost(f"not an SMTP reply: {line[:80]!r}")
        return int(line[:3]), " ".join(lines)

    def close(self) -> None:
        """Take leave without waiting for the answer, which a hanging server would never give."""
        with suppress(OSError):
            self._socket.settimeout(0.1)
            self._socket.sendall(b"QUIT\r\n")
        self._smtp.close()

    def _write(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Lost(describe(error)) from error

    def _line(self, deadline: float) -> bytes:
        while (end := self._heard.find(b"\n")) < 0:
            try:
                got = self._socket.recv(65536)
            except OSError as error:
                raise Lost(describe(error)) from error
            if not got:
                raise Lost("closed by the server")
            # One deadline for the whole reply: a byte now and then must not keep us here for ever.
            if time.monotonic() > deadline or len(self._heard) > _LONGEST_REPLY:
                raise Lost("endless reply")
            self._heard += got
        line, self._heard = self._heard[:end], self._heard[end + 1 :]
        return line


def connect(provider: Provider, sender: str, timeout: float) -> Connection:
    """Connect, greet, encrypt and log in as the provider's URL says. Raises ProviderTrouble."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _greeted(provider, sender, timeout)
        smtp.ehlo_or_helo_if_needed()
        if provider.security == "starttls":
            smtp.starttls(context=provider.tls_context())
            smtp.ehlo_or_helo_if_needed()
        if provider.user:
            smtp.login(provider.user, provider.password or "")
        return Connection(smtp, timeout)
    except (OSError, smtplib.SMTPException) as error:
        if smtp:
            smtp.close()
        raise ProviderTrouble(f"connection: {describe(error)}", getattr(error, "smtp_code", None)) from error


def _greeted(provider: Provider, sender: str, timeout: float) -> smtplib.SMTP:
    # Our name is given, because smtplib would else look it up in the DNS, without a timeout.
    host, port, name = provider.host, provider.port, sender.rpartition("@")[2]
    if provider.security == "tls":
        context = provider.tls_context()
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=timeout, context=context)
    return smtplib.SMTP(host, port, local_hostname=name, timeout=timeout)


def describe(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    return str(error) or type(error).__name__
