"""Mail transactions over one reused connection, the next envelope offered in the same breath as a message."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from services.notifications.deliveries.connection import Connection, Lost, connect
from services.notifications.deliveries.provider import Provider
from services.notifications.deliveries.rules import DeliveryFailure, ProviderTrouble, failure

IDLE_LIMIT = 30.0
_END = b".\r\n"


class Outgoing(NamedTuple):
    """A message ready to go: `recipient` is a checked address, `content` is RFC 5322, every line ended by CRLF;
    `message_id` is what stands in its header, where somebody wants to know."""

    key: Any
    recipient: str
    content: bytes
    message_id: str | None = None


class Result(NamedTuple):
    """How the server answered one message: accepted, if there is no failure."""

    message: Outgoing
    failure: DeliveryFailure | None
    code: int
    text: str
    seconds: float


class LostDuring(ProviderTrouble):
    """The provider failed while `message` was under way; if that is `unclear`, it may even have been accepted."""

    def __init__(self, reason: str, message: Outgoing, code: int | None = None, *, unclear: bool = False) -> None:
        self.message = message
        self.unclear = unclear
        super().__init__(reason, code)


class SmtpClient:
    """One connection, opened when needed and kept for the next call. Not for several threads at once."""

    def __init__(self, provider: Provider, sender: str, timeout: float) -> None:
        self._provider = provider
        self._sender = sender
        self._timeout = timeout
        self._connection: Connection | None = None
        self._offered: Outgoing | None = None  # its envelope is on the wire
        self._refused = self._resetting = False  # a refused transaction stands open; RSET is on the wire

    @property
    def smtputf8(self) -> bool:
        """Whether the server takes addresses beyond ASCII; known once `deliver` asks for a message."""
        return self._connection is not None and self._connection.smtputf8

    def deliver(self, messages: Iterator[Outgoing]) -> Iterator[Result]:
        """Send messages in order and give each one's result; later ones are asked for while the server is busy.

        Raises ProviderTrouble when the connection cannot be used: then no later message was sent, and the
        one under way, if any, is named (LostDuring).
        """
        if self._connection and time.monotonic() - self._connection.used_at > IDLE_LIMIT:
            self.close()
        self._open()
        try:
            current, ahead = next(messages, None), next(messages, None)
            while current:
                began = time.monotonic()
                refusal, awaited = self._offer(current)
                self._hand_over(current, refusal, awaited, ahead)
                following = next(messages, None)  # composed while the server takes this one in
                yield self._settle(current, refusal, awaited, began)
                current, ahead = ahead, following
        finally:
            # Left in the middle of a transaction (trouble, or a caller that stopped): start afresh next time.
            if self._offered:
                self.close()

    def check(self) -> None:
        """Ask the server, without a message, whether it would take one. Raises ProviderTrouble."""
        self.close()
        connection = self._open()
        try:
            connection.say(f"MAIL FROM:<{self._sender}>\r\n".encode(), b"RSET\r\n")
            code, text = connection.hear()
            connection.hear()
        except Lost as lost:
            self.close()
            raise ProviderTrouble(f"check: {lost}") from lost
        if code // 100 != 2:
            self.close()
            raise ProviderTrouble(f"MAIL: {code} {text}", code)

    def close(self) -> None:
        """Close the connection; the next delivery opens another."""
        if self._connection:
            self._connection.close()
        self._connection = self._offered = None
        self._refused = self._resetting = False

    def _open(self) -> Connection:
        if not self._connection:
            self._connection = connect(self._provider, self._sender, self._timeout)
        return self._connection

    def _offer(self, message: Outgoing) -> tuple[DeliveryFailure | None, bool]:
        """The answer to a message's envelope: why it is refused, and whether content is awaited.

        A server may close a reused connection whenever it likes, so a loss here is mended once.
        """
        while True:
            connection = self._open()
            try:
                if self._offered is not message:
                    connection.say(*self._envelope(message))
                refusal, awaited = self._envelope_answer(connection)
            except Lost as lost:
                self.close()
                if not connection.proven:
                    raise LostDuring(f"envelope: {lost}", message) from lost
            else:
                self._stop_on_trouble(refusal, message)
                connection.proven = True
                return refusal, awaited

    def _envelope(self, message: Outgoing) -> list[bytes]:
        """The commands that offer a message; _envelope_answer hears the answers."""
        utf8 = "" if message.recipient.isascii() else " SMTPUTF8"
        self._offered = message
        self._resetting, self._refused = self._refused, False
        return [
            *([b"RSET\r\n"] if self._resetting else []),
            f"MAIL FROM:<{self._sender}>{utf8}\r\n".encode(),
            f"RCPT TO:<{message.recipient}>\r\n".encode(),
            b"DATA\r\n",
        ]

    def _envelope_answer(self, connection: Connection) -> tuple[DeliveryFailure | None, bool]:
        if self._resetting:
            connection.hear()
        refusal: DeliveryFailure | None = None
        code = 0
        for stage, wanted in (("MAIL", 2), ("RCPT", 2), ("DATA", 3)):
            code, text = connection.hear()
            if code == 421:
                raise Lost(f"{code} {text}")
            if code // 100 != wanted and not refusal:
                refusal = failure(code, text, stage)
            if refusal and not connection.pipelining:
                connection.unsay()
                break
        self._refused = refusal is not None
        return refusal, code == 354

    def _hand_over(
        self, message: Outgoing, refusal: DeliveryFailure | None, awaited: bool, ahead: Outgoing | None
    ) -> None:
        """Write the content and, in the same breath, the next envelope."""
        words = []
        if not refusal:
            words.append(_stuffed(message.content) + _END)
        elif awaited:
            # RFC 2920, 3.1: DATA went out before the refusal was known; an empty message ends it.
            words.append(_END)
        self._offered = None
        if ahead:
            words += self._envelope(ahead)
        try:
            self._open().say(*words)
        except Lost as lost:
            if not refusal:
                raise self._lost("content", lost, message) from lost

    def _settle(self, message: Outgoing, refusal: DeliveryFailure | None, awaited: bool, began: float) -> Result:
        """Hear how the message was taken. A loss here leaves that unknown (RFC 5321, 4.2.5)."""
        connection = self._open()
        code, text = (refusal.code or 0, refusal.reason) if refusal else (0, "")
        try:
            if not refusal:
                code, text = connection.hear()
                refusal = failure(code, text, "content") if code // 100 != 2 else None
                self._stop_on_trouble(refusal, message)
            elif awaited:
                connection.hear()
        except Lost as lost:
            if not refusal:
                raise self._lost("no answer to the content, which may have been accepted", lost, message) from lost
        connection.used_at = time.monotonic()
        return Result(message, refusal, code, text, connection.used_at - began)

    def _stop_on_trouble(self, refusal: DeliveryFailure | None, message: Outgoing) -> None:
        if isinstance(refusal, ProviderTrouble):
            self.close()
            raise LostDuring(refusal.reason, message, refusal.code)

    def _lost(self, stage: str, lost: Lost, message: Outgoing) -> LostDuring:
        self.close()
        return LostDuring(f"{stage}: {lost}", message, unclear=True)


def _stuffed(content: bytes) -> bytes:
    """A line that starts with a dot gets another (RFC 5321, 4.5.2); what compose writes has none."""
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content
