"""Settings of the notifications service."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path

from services.notifications.deliveries.calls import Network
from services.notifications.deliveries.dkim import DkimKey, dkim_keys
from services.notifications.deliveries.gateways import Gateway, parse_gateways
from services.notifications.deliveries.provider import Provider, smtp_urls
from services.notifications.notices.compose import Sender
from services.notifications.reachability.mailbox import Mailbox, imap_url
from services.notifications.webhooks.rules import PREFIX
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


def mail_address(raw: str) -> str:
    """One address. Raises ValueError."""
    return mail_sender(raw).address


def gateways_file(path: str) -> tuple[Gateway, ...]:
    """What the file describes. Raises ValueError."""
    try:
        return parse_gateways(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error


def networks(raw: str) -> tuple[Network, ...]:
    """Networks in CIDR notation, with spaces or commas between. Raises ValueError."""
    return tuple(ip_network(each) for each in raw.replace(",", " ").split())


def signing_secret(raw: str) -> str:
    """A secret as Standard Webhooks writes it, of at least 24 bytes. Raises ValueError."""
    try:
        good = raw.startswith(PREFIX) and len(b64decode(raw.removeprefix(PREFIX), validate=True)) >= 24
    except ValueError:
        good = False
    if not good:
        raise ValueError("expected whsec_ and at least 24 bytes in base64")
    return raw


def seconds(raw: str) -> timedelta:
    """A duration of so many seconds."""
    return timedelta(seconds=positive(raw))


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
    smtp: tuple[Provider, ...] = setting(  # makes a field
        "CAUNOI_SMTP_URL",
        parse=smtp_urls,
        doc="The SMTP servers that send the mail: smtp://user:password@host:port?starttls=1 or smtps://…, several "
        "with spaces between them; weight=N gives a share, ca=FILE a certificate authority of your own",
    )
    sender: Sender = setting(  # noqa: RUF009  # makes a field
        "CAUNOI_SMTP_FROM",
        parse=mail_sender,
        default=Sender("Cầu Nối", "cau-noi@caunoi.example"),
        doc="Whom mail comes from: Cầu Nối <cau-noi@province.example>",
    )
    bounce_sender: str = setting(
        "CAUNOI_BOUNCE_ADDRESS",
        parse=mail_address,
        default="",
        doc="Where mail that cannot be delivered comes back to; none: to CAUNOI_SMTP_FROM",
    )
    bounce_mailbox: Mailbox | None = setting(  # noqa: RUF009  # makes a field
        "CAUNOI_BOUNCE_IMAP_URL",
        parse=imap_url,
        default=None,
        doc="The mailbox of that address, read once a minute: imaps://user:password@host/INBOX; none: not read",
    )
    bounce_secret: str = setting(
        "CAUNOI_BOUNCE_SECRET",
        parse=signing_secret,
        default="",
        doc="Signs what a mail provider posts to /bounces, whsec_… as in Standard Webhooks; none: none is believed",
    )
    dkim: tuple[DkimKey, ...] = setting(
        "CAUNOI_DKIM_KEYS",
        parse=dkim_keys,
        default=(),
        doc="Keys that sign the mail (DKIM), SELECTOR:FILE with spaces between; PEM; RSA or Ed25519; none: no",
    )
    smtp_timeout: float = setting(
        "CAUNOI_SMTP_TIMEOUT",
        parse=positive,
        default=20.0,
        doc="Seconds to wait for the SMTP server's answer before the attempt counts as failed",
    )
    gateways: tuple[Gateway, ...] = setting(
        "CAUNOI_GATEWAYS_FILE",
        parse=gateways_file,
        default=(),
        doc="A JSON file that describes HTTP gateways for SMS and Zalo; none: these channels are not served",
    )
    webhook_networks: tuple[Network, ...] = setting(
        "CAUNOI_WEBHOOK_NETWORKS",
        parse=networks,
        default=(),
        doc="Networks of ours that webhooks may be posted into, as 10.1.0.0/16; other private ones are refused",
    )
    http_timeout: float = setting(
        "CAUNOI_HTTP_TIMEOUT",
        parse=positive,
        default=15.0,
        doc="Seconds to wait for the answer of a gateway or webhook before the attempt counts as failed",
    )
    operator: str = setting(
        "CAUNOI_OPERATOR_EMAIL",
        parse=mail_address,
        default="",
        doc="Whom to mail when a provider is in trouble or notifications are late; none: nobody",
    )
    late_after: timedelta = setting(  # noqa: RUF009  # makes a field
        "CAUNOI_LATE_AFTER",
        parse=seconds,
        default=timedelta(seconds=120),
        doc="Seconds that the oldest due notification of a channel may wait before that is an alarm",
    )
