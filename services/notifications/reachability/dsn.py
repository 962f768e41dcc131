"""Delivery status notifications (RFC 3464) as mail servers write them. Pure."""

import hashlib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser

from services.notifications.reachability.rules import DETAIL_LIMIT, Bounce, kind_of, notification_of


def read_dsn(raw: bytes) -> list[Bounce]:
    """The failures that a mail reports; none if it is no delivery report, or one of delay or success."""
    message = message_from_bytes(raw)
    parts = list(message.walk())
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return []
    groups = _groups(status)
    original = _original(parts)
    notification_id = notification_of(original.get("Message-ID", "")) if original else None
    digest = hashlib.sha256(raw).hexdigest()
    found = []
    for number, group in enumerate(groups):
        kind = kind_of(_plain(group.get("Action", "")), _plain(group.get("Status", "")))
        if kind:
            found.append(
                Bounce(
                    key=f"{digest}/{number}",
                    kind=kind,
                    notification_id=notification_id,
                    address=_address(group) or (_plain(original.get("To", "")) if original else None),
                    status=_plain(group.get("Status", ""))[:20],
                    detail=_typed(group.get("Diagnostic-Code", ""))[:DETAIL_LIMIT],
                )
            )
    return found


def _groups(status: Message) -> list[Message]:
    """The fields of each recipient; those of the whole message, which come first, name none."""
    payload = status.get_payload()
    if isinstance(payload, list):
        groups = [each for each in payload if isinstance(each, Message)]
    else:  # some servers encode the part, and Python then leaves it whole
        text = (status.get_payload(decode=True) or b"").decode("utf-8", "replace")  # type: ignore[union-attr]
        groups = [HeaderParser().parsestr(each) for each in text.replace("\r\n", "\n").split("\n\n")]
    return [each for each in groups if each.get("Action")]


def _original(parts: list[Message]) -> Message | None:
    """The headers of the mail that came back."""
    for part in parts:
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            inner = payload[0]
            return inner if isinstance(inner, Message) else None
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            data = part.get_payload(decode=True)
            if isinstance(data, bytes):
                return HeaderParser().parsestr(data.decode("utf-8", "replace"), headersonly=True)
            return next(iter(_messages(payload)), None)
    return None


def _messages(payload: object) -> Iterator[Message]:
    if isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _address(group: Message) -> str | None:
    for name in ("Original-Recipient", "Final-Recipient"):
        if found := _typed(group.get(name, "")).strip("<> "):
            return found
    return None


def _typed(value: str) -> str:
    """What follows the type: rfc822; somebody@example."""
    return _plain(str(value).partition(";")[2] or str(value))


def _plain(value: object) -> str:
    return " ".join(str(value).split()).replace("\x00", "")
