"""Settings of the notifications service."""

from dataclasses import dataclass
from email.utils import parseaddr

from services.notifications.deliveries.provider import Provider, smtp_url
from services.notifications.notices.compose import Sender
from shared.settings import EnvSettings, http_url, positive, postgres_url, redis_url, secret, setting


def mail_sender(raw: str) -> Sender:
    """Whom mail comes from: an address, or a name with the address in angle brackets. Raises ValueError."""
    name, address = parseaddr(raw)
    local, _, domain = address.rpartition("@")
    if not (local and domain and address.isascii() and address.isprintable()) or " " in address:
        raise ValueError("expected an address, or Name <address>; the address in ASCII")
    if any(ord(letter) < 32 for letter in raw):
        raise ValueError("holds a control character")
    return Sender(name, address)


@dataclass(frozen=True, kw_only=True)
class Settings(EnvSettings):
    """What the API, the worker, the sender and the relay of notifications are started with."""

    database_url: str = setting(
        "CAUNOI_NOTIFICATIONS_DATABASE_URL",
        parse=postgres_url,
        doc="PostgreSQL database of the notifications service: postgresql://user:password@host:port/database",
    )
    redis_url: str = setting(
        "CAUNOI_REDIS_URL", parse=redis_url, doc="Redis that carries wake-ups: redis://host:port/0"
    )
    public_url: str = setting(
        "CAUNOI_PUBLIC_URL",
        parse=http_url,
        doc="Where people and programs reach the system: https://caunoi.example",
    )
    secret_key: str = setting(
        "CAUNOI_SECRET_KEY", parse=secret, doc="Signs the links in mail; at least 32 characters"
    )
    smtp: Provider = setting(  # noqa: RUF009  # makes a field
        "CAUNOI_SMTP_URL",
        parse=smtp_url,
        doc="The SMTP server that sends the mail: smtp://user:password@host:port?starttls=1 or smtps://…; "
        "ca=FILE names a certificate authority of your own",
    )
    sender: Sender = setting(  # noqa: RUF009  # makes a field
        "CAUNOI_SMTP_FROM",
        parse=mail_sender,
        default=Sender("Cầu Nối", "cau-noi@caunoi.example"),
        doc="Whom mail comes from: Cầu Nối <cau-noi@province.example>",
    )
    smtp_timeout: float = setting(
        "CAUNOI_SMTP_TIMEOUT",
        parse=positive,
        default=20.0,
        doc="Seconds to wait for the SMTP server's answer before the attempt counts as failed",
    )
