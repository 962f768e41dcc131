"""Which SMTP servers to hand mail to, as their URLs say it."""

import re
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

Security = Literal["none", "starttls", "tls"]
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS: dict[Security, int] = {"none": 25, "starttls": 587, "tls": 465}


@dataclass(frozen=True)
class Provider:
    """An SMTP server and how to talk to it."""

    host: str
    port: int
    security: Security = "none"
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None
    weight: int = 1  # its share of the mail, beside the weights of the others

    @property
    def name(self) -> str:
        """What logs and attempts call it; never with the password."""
        return f"{self.host}:{self.port}"

    def tls_context(self) -> ssl.SSLContext:
        """Certificates are always verified, against the system's authorities or the file given."""
        context = ssl.create_default_context(cafile=self.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def smtp_url(raw: str) -> Provider:
    """Parse smtp://user:password@host:port?starttls=1 or smtps://…; `ca=FILE` names another authority,
    `weight=N` the server's share of the mail.

    Raises ValueError: also for a password that would cross a network unencrypted.
    """
    parts = urlsplit(raw)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("expected smtp://host:port, smtp://user:password@host:port?starttls=1 or smtps://…")
    if unknown := options.keys() - {"starttls", "ca", "weight"}:
        raise ValueError(f"unknown option {min(unknown)}; known are starttls, ca and weight")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", options.get("weight", "1")):
        raise ValueError("weight is a whole number from 1 to 999")
    if options.get("starttls", "0") not in ("0", "1"):
        raise ValueError("starttls is 0 or 1")
    security: Security = "tls" if parts.scheme == "smtps" else "none"
    if security == "none" and options.get("starttls") == "1":
        security = "starttls"
    if parts.password and security == "none" and parts.hostname not in _LOOPBACK:
        raise ValueError("a password needs smtps:// or starttls=1")
    return Provider(
        host=parts.hostname,
        port=parts.port or _PORTS[security],
        security=security,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        ca_file=options.get("ca"),
        weight=int(options.get("weight", "1")),
    )


def smtp_urls(raw: str) -> tuple[Provider, ...]:
    """Parse such URLs, spaces or commas between them. Raises ValueError, also for a server named twice."""
    found = tuple(smtp_url(each) for each in re.split(r"[\s,]+", raw.strip()))
    if len({each.name for each in found}) < len(found):
        raise ValueError("names a server twice; give it a weight instead")
    return found
