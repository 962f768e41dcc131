"""What was asked of a provider, as the log keeps it: enough to find the message there, and no secret."""

from typing import NamedTuple
from urllib.parse import urlsplit

from services.notifications.deliveries.calls import Call
from services.notifications.deliveries.smtp import Outgoing


class Asked(NamedTuple):
    """To whom (an e-mail address or a phone number; None: an address of a webhook), under which id the provider
    knows the message, and how large it was, in bytes; over HTTP also how and where."""

    recipient: str | None = None
    message_id: str | None = None
    size: int | None = None
    method: str | None = None
    url: str | None = None


NOTHING = Asked()  # it was not even asked


def of_mail(mail: Outgoing) -> Asked:
    """Of a mail."""
    return Asked(mail.recipient, mail.message_id, len(mail.content))


def of_call(call: Call | None, message_id: str, recipient: str | None = None) -> Asked:
    """Of a call, None if none could be made."""
    if call is None:
        return NOTHING
    return Asked(recipient, message_id, len(call.body), call.method, without_secrets(call.url))


def without_secrets(url: str) -> str:
    """Where a URL leads to. Keys and phone numbers stand in any of its parts but host and port, paths too, so
    whatever follows is an ellipsis."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    more = "…" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{more}"
